/** RunEvents -> one live line on a terminal, plain lines now and then elsewhere, every attempt with --verbose. */
import type { RunEvent } from '../domain/event.js';
import { formatDuration, isoTime } from '../domain/units.js';
import type { Clock } from '../world/world.js';
import type { Console } from './console.js';
import { asJson, inWords } from './event-log.js';

const PLAIN_EVERY_MS = 10_000;
/** A timer may ring a moment early: looked at once in that time only, a line would be late by all of it. */
const LOOK_EVERY_MS = 1000;
const TICK_MS = 120;
/** A first token that is awaited for so long is worth a word. */
const LONG_SILENT_MS = 5_000;
/** A pause of at least this long has a line of its own. */
const LONG_CLOSED_MS = 5 * 60_000;
/** Waiters that fit one line. */
const SHOWN_LANES = 4;
/** The sign that turns, and the space behind it; the last column stays free. */
const SPINNER_COLUMNS = 3;

export interface Progress {
  readonly on: (event: RunEvent) => void;
  stop(): void;
}

/** Why nothing is sent to a model just now: a gate that is closed, or a turn that is not yet. */
interface Gate {
  readonly untilMs: number;
  readonly reason: string;
  /** By the server, and no guess. */
  readonly told: boolean;
}

interface State {
  trials: number;
  done: number;
  grading: number;
  readonly inFlight: Map<string, number>;
  /** Requests whose first token has not come, by their trial: of which model, and since when. */
  readonly silent: Map<string, { readonly model: string; readonly sinceMs: number }>;
  readonly gates: Map<string, Gate>;
  readonly down: Map<string, string>;
}

export interface ProgressOptions {
  readonly console: Console;
  readonly live: boolean;
  /** Of the terminal: a live line that wraps leaves its upper half behind. */
  readonly columns: number;
  /** Each attempt, rotation, gate and pace change as a line; null: only what must be seen. */
  readonly log: 'text' | 'json' | null;
  /** The run's own clock: waits are shown in its time. */
  readonly runClock: Clock;
  readonly clock: Clock;
}

export async function startProgress(options: ProgressOptions): Promise<Progress> {
  const { console, clock, log } = options;
  const state: State = {
    trials: 0,
    done: 0,
    grading: 0,
    inFlight: new Map(),
    silent: new Map(),
    gates: new Map(),
    down: new Map(),
  };
  const startMs = clock.nowMs();
  const line = () => describe(state, options.runClock.nowMs(), clock.nowMs() - startMs);
  const cutLine = () => cut(line(), options.columns - SPINNER_COLUMNS);
  const live =
    options.live && !console.quiet ? await startSpinner(clock, cutLine, console.colour.stderr) : null;
  let saidMs = startMs;
  const print = (text: string) => {
    live?.pause();
    console.say(`${text}\n`);
    live?.go();
  };

  /** Where no line is live, a run in which nothing ends still says that it waits. */
  let cancelLook = () => {};
  const look = () => {
    const nowMs = clock.nowMs();
    const isSilent = [...longestSilences(state, options.runClock.nowMs()).values()].some(
      (ms) => ms >= LONG_SILENT_MS,
    );
    if (isSilent && nowMs - saidMs >= PLAIN_EVERY_MS) {
      saidMs = nowMs;
      print(line());
    }
    cancelLook = clock.after(LOOK_EVERY_MS, look);
  };
  if (live === null && log === null) cancelLook = clock.after(LOOK_EVERY_MS, look);

  return {
    on(event) {
      note(state, event, options.runClock.nowMs());
      const logged =
        log === null
          ? null
          : log === 'json'
            ? asJson(event, options.runClock, clock)
            : inWords(event, options.runClock);
      if (logged !== null) print(logged);
      if (event.kind === 'gate-closed') {
        const forMs = event.untilMs - options.runClock.nowMs();
        if (forMs >= LONG_CLOSED_MS) print(closedText(event.model, event.reason, forMs, options.runClock));
      }
      if (event.kind === 'lane-down') print(`! ${event.model}: ${event.reason}`);
      if (event.kind === 'warned') print(`! ${event.message}`);
      if (event.kind === 'stopping') print(`! ${stoppingText(state)}`);
      if (
        live === null &&
        log === null &&
        event.kind === 'trial-ended' &&
        clock.nowMs() - saidMs >= PLAIN_EVERY_MS
      ) {
        saidMs = clock.nowMs();
        print(line());
      }
    },
    stop() {
      cancelLook();
      live?.stop();
    },
  };
}

function closedText(name: string, reason: string, forMs: number, clock: Clock): string {
  // Midnight less a millisecond is midnight.
  const untilMs = Math.round((clock.wallMs() + forMs) / 60_000) * 60_000;
  const until = isoTime(untilMs).slice(11, 16);
  return `! ${name}: ${reason}; paused until ${until} UTC (${formatDuration(forMs)}). Its trials may be deferred; other models continue.`;
}

function stoppingText({ inFlight, grading }: State): string {
  const asked = [...inFlight.values()].reduce((sum, count) => sum + count, 0);
  const rest = [
    ...(asked > 0 ? [`waiting for ${asked} in flight`] : []),
    ...(grading > 0 ? [`grading ${grading} ${grading === 1 ? 'answer' : 'answers'}`] : []),
  ];
  return ['interrupted: no more requests are sent', ...rest, 'interrupt again to stop immediately'].join(
    '; ',
  );
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(1, columns - 1))}…` : text;
}

interface Spinner {
  pause(): void;
  go(): void;
  stop(): void;
}

async function startSpinner(clock: Clock, line: () => string, colour: boolean): Promise<Spinner> {
  const { default: ora } = await import('ora');
  const ended = new AbortController();
  const spinner = ora({ text: line(), color: colour ? 'cyan' : false, discardStdin: false }).start();
  const tick = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(TICK_MS, ended.signal);
      spinner.text = line();
    }
  };
  tick().catch(() => {});
  return {
    pause: () => spinner.clear(),
    go: () => spinner.render(),
    stop() {
      ended.abort();
      spinner.stop();
    },
  };
}

function note(state: State, event: RunEvent, nowMs: number): void {
  const inFlight = (model: string, change: number) =>
    state.inFlight.set(model, (state.inFlight.get(model) ?? 0) + change);
  switch (event.kind) {
    case 'run-started':
      state.trials = event.trials;
      return;
    case 'attempt-started':
      inFlight(event.model, 1);
      state.silent.set(event.trial, { model: event.model, sinceMs: nowMs });
      return;
    case 'answer-began':
      state.silent.delete(event.trial);
      return;
    case 'attempt-ended':
      state.silent.delete(event.trial);
      inFlight(event.attempt.model.name, -1);
      return;
    case 'gate-closed':
      state.gates.set(event.model, event);
      return;
    case 'paced':
      state.gates.set(event.model, { ...event, told: false });
      return;
    case 'lane-down':
      state.down.set(event.model, event.reason);
      return;
    case 'grading-started':
      state.grading += 1;
      return;
    case 'trial-ended':
      state.done += 1;
      if (event.record.verdict !== 'unanswered') state.grading -= 1;
      return;
    case 'rotated':
    case 'pace-changed':
    case 'sandbox-started':
    case 'stopping':
    case 'held':
    case 'warned':
      return;
    default:
      event satisfies never;
  }
}

function describe(state: State, nowMs: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (state.done * 1000) / elapsedMs : 0;
  const waits = [...state.gates]
    .filter(([, gate]) => gate.untilMs > nowMs)
    .map(([model, gate]) => {
      const from = gate.told ? '; from the server' : '';
      return `${model} waits ${formatDuration(gate.untilMs - nowMs)} (${gate.reason}${from})`;
    });
  const silentMs = longestSilences(state, nowMs);
  const flights = [...state.inFlight]
    .filter(([, count]) => count > 0)
    .map(([model, count]) => {
      const ms = silentMs.get(model) ?? 0;
      const silent = ms < LONG_SILENT_MS ? '' : `, waiting for the first token, ${formatDuration(ms)}`;
      return `${model} ${count} in flight${silent}`;
    });
  const lanes = [...waits, ...flights];
  const shown = lanes.slice(0, SHOWN_LANES);
  if (lanes.length > shown.length) shown.push(`${lanes.length - shown.length} more`);
  if (state.grading > 0) shown.push(`${state.grading} grading`);
  return `${state.done}/${state.trials}  ${rate.toFixed(1)}/s  ${shown.join(' · ')}`.trimEnd();
}

/** By model. */
function longestSilences({ silent }: State, nowMs: number): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { model, sinceMs } of silent.values()) {
    longest.set(model, Math.max(longest.get(model) ?? 0, nowMs - sinceMs));
  }
  return longest;
}
