/** What passed the gateway, as a journal: a run for each UTC day, a trial for each request, judged by nobody. */
import { join } from 'node:path';
import { isSimulated, modelsOf } from '../domain/candidate.js';
import { hashOf } from '../domain/ids.js';
import { type AskedLine, type Environment, JOURNAL_VERSION, type RunLine } from '../domain/record.js';
import type { Reply } from '../domain/trial.js';
import { isoTime } from '../domain/units.js';
import { type Journal, openJournal } from '../journal/journal.js';
import { createRunFolder, JOURNAL_FILE, type RunFolder } from '../journal/run-folder.js';
import { replyRecord } from '../journal/trial-record.js';
import type { Clock, Files, Random } from '../world/world.js';
import { type Fields, fieldsOf, listOf, textOf } from './json.js';
import { type Route, type Routes, VIRTUAL } from './routes.js';
import type { Asked } from './wires/wire.js';

export interface Passed {
  readonly id: string;
  readonly route: Route;
  readonly asked: Asked;
  readonly reply: Reply;
}

export interface Recording {
  note(passed: Passed): void;
  /** All that was noted is written when it resolves. */
  close(): Promise<void>;
}

export interface RecordingOptions {
  /** Of runs. */
  readonly folder: string;
  readonly clock: Clock;
  readonly files: Files;
  readonly random: Random;
  readonly environment: Environment;
  readonly version: string;
  readonly routes: () => Routes;
  readonly redact: (text: string) => string;
  /** A run has all its lines. */
  readonly ended: (folder: RunFolder) => Promise<void>;
  /** The folder takes no more: called once, and nothing is noted from then on. */
  readonly failed: (error: unknown) => void;
}

const SUITE = 'traffic';
const NO_CATEGORY = 'other';

interface Day {
  readonly day: string;
  readonly folder: RunFolder;
  readonly journal: Journal;
}

export function openRecording(options: RecordingOptions): Recording {
  const { clock, files, redact } = options;
  let current: Day | null = null;
  let isBroken = false;
  let work = Promise.resolve();

  async function endDay({ folder, journal }: Day): Promise<void> {
    const ended_at = isoTime(clock.wallMs());
    await journal.append({
      type: 'end',
      ended_at,
      complete: true,
      held: {},
      sandboxes: {},
      sandbox_use: {},
      warnings: [],
    });
    await journal.close();
    await options.ended(folder);
  }

  async function dayOf(nowMs: number): Promise<Day> {
    const started = isoTime(nowMs);
    const day = started.slice(0, 10);
    if (current?.day === day) return current;
    if (current !== null) await endDay(current);
    current = null;
    const tail = hashOf(started).slice(0, 4);
    const folder = await createRunFolder(options.folder, SUITE, options, tail);
    const journal = await openJournal(join(folder.path, JOURNAL_FILE), files, redact);
    await journal.append(runLineOf(folder.id, started, options));
    current = { day, folder, journal };
    return current;
  }

  async function write({ id, route, asked, reply }: Passed): Promise<void> {
    // Whoever left has asked for nothing that could be judged or counted.
    if (reply.kind === 'held' && reply.reason === 'interrupted') return;
    const { journal } = await dayOf(clock.wallMs());
    const category = categoryOf(route);
    await journal.append(askedLineOf(id, category, asked));
    const named = { trial: id, case: id, suite: SUITE, category };
    await journal.append(replyRecord(named, route.name, reply));
  }

  const queue = (act: () => Promise<void>) => {
    work = work.then(async () => {
      if (isBroken) return;
      try {
        await act();
      } catch (error) {
        isBroken = true;
        options.failed(error);
      }
    });
  };
  return {
    note: (passed) => queue(() => write(passed)),
    async close() {
      queue(async () => {
        if (current !== null) await endDay(current);
        current = null;
      });
      await work;
    },
  };
}

function categoryOf({ name }: Route): string {
  return name.startsWith(`${VIRTUAL}/`) ? name.slice(VIRTUAL.length + 1) : NO_CATEGORY;
}

function runLineOf(id: string, started: string, { environment, version, routes }: RecordingOptions): RunLine {
  const { all } = routes();
  return {
    type: 'run',
    schema_version: JOURNAL_VERSION,
    id,
    started_at: started,
    tool: { name: 'codegen-bench', version },
    suites: [
      { name: SUITE, file: SUITE, hash: SUITE, cases: 0, categories: [...new Set(all.map(categoryOf))] },
    ],
    candidates: all.map(({ name, candidate }) => ({
      candidate: name,
      kind: candidate.kind,
      simulated: isSimulated(candidate),
      models: modelsOf(candidate).map((model) => ({
        name: model.name,
        provider: model.account.provider,
        model: model.id,
      })),
      planned: {},
    })),
    settings: {
      samples: null,
      concurrency: 0,
      seed: '',
      sandbox: 'none',
      simulated_time: false,
      allow_unanswered: 'all',
      fail_under: [],
      filter: { categories: [], cases: [] },
    },
    environment,
    trials: 0,
  };
}

/** A longer conversation is written as one text, with the number of its turns. */
function askedLineOf(id: string, category: string, { body }: Asked): AskedLine {
  const all = listOf(body['messages']).map((message) => fieldsOf(message) ?? {});
  const isSystem = ({ role }: Fields) => role === 'system' || role === 'developer';
  const system = all.filter(isSystem).map(textIn).join('\n\n');
  const turns = all.filter((message) => !isSystem(message));
  const [only] = turns;
  const prompt =
    turns.length === 1 && only !== undefined
      ? textIn(only)
      : turns.map((turn) => `${textOf(turn['role'])}: ${textIn(turn)}`).join('\n\n');
  return {
    type: 'asked',
    suite: SUITE,
    id,
    category,
    language: null,
    hash: hashOf([system, prompt]),
    system: system === '' ? null : system,
    prompt,
    entry: null,
    ...(turns.length === 1 ? {} : { turns: turns.length }),
  };
}

function textIn({ content, tool_calls: calls }: Fields): string {
  const parts =
    typeof content === 'string'
      ? [content]
      : listOf(content).map((part) => {
          const fields = fieldsOf(part);
          return textOf(fields?.['text']) ?? `[${textOf(fields?.['type']) ?? 'part'}]`;
        });
  const called = listOf(calls).map((call) => {
    const { name, arguments: text } = fieldsOf(fieldsOf(call)?.['function']) ?? {};
    return `[calls ${textOf(name)}(${textOf(text)})]`;
  });
  return [...parts, ...called].join('\n');
}
