/** `bench serve`: a gateway whose rotation was measured, for every program that speaks to an OpenAI-compatible endpoint. */
import { isSimulated, modelsOf } from '../../domain/candidate.js';
import type { Checked, Diagnostic } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import { parseDurationMs } from '../../domain/units.js';
import { isLoopback } from '../../gateway/access.js';
import { type ExchangeParts, MOST_BODY_BYTES } from '../../gateway/exchange.js';
import { openGateway } from '../../gateway/gateway.js';
import { openRecording, type Recording } from '../../gateway/recording.js';
import type { Routes } from '../../gateway/routes.js';
import { openServing, type ServedConfig } from '../../gateway/serving.js';
import { EXTRACTION } from '../../grading/extract.js';
import { knownProviders } from '../../providers/index.js';
import { openLedger } from '../../run/execution/open-ledger.js';
import { packageVersion } from '../../run/package-files.js';
import { loadEnvironment } from '../../run/request/dotenv.js';
import { conclude } from '../../run/write-reports.js';
import { loadConfig } from '../../suite/config.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { Listening, World } from '../../world/world.js';
import type { Act } from '../command.js';
import type { Console } from '../console.js';
import { exitCodes } from '../exit.js';
import type { FlagReader } from '../flags.js';
import { openCommand } from '../opening.js';
import { showDiagnostics } from '../show-diagnostics.js';

const DEFAULT_PORT = 4141;
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_DEADLINE = '60s';
const DEFAULT_CONFIG = 'bench.yaml';
const DEFAULT_ENV_FILE = '.env';
/** What is open when it is asked to end may go on for so long. */
const GRACE_MS = 30_000;
/** Files are looked at so often, and quotas of the day are written. */
const LOOK_MS = 1000;

export const act: Act = async (typed, world) => {
  const { flags, json, refuse, redacted } = openCommand(typed, world);
  // Nothing is written before a configuration is served.
  let now: ExchangeParts;
  const console = redacted((text) => now.redact(text));
  const { clock, network, random } = world;
  const place = placeOf(flags);
  const first = await readServed(flags, place, world);
  if (flags.mistakes.length > 0) return refuse();
  if (!first.ok) return refuse(...first.diagnostics);
  const ledger = await openLedger({ simulatedTime: false }, clock, world);
  const on = (event: RunEvent) => {
    if (event.kind === 'lane-down') console.complain(`! ${event.model} is disabled: ${event.reason}\n`);
    if (event.kind === 'warned') console.complain(`! ${event.message}\n`);
  };
  const folder = flags.text('record');
  try {
    if (folder !== null) await world.files.makeFolder(folder);
  } catch (error) {
    const message = `--record: ${error instanceof Error ? error.message : error}`;
    return refuse({ code: 'cli/invalid-option', message });
  }
  const recording = folder === null ? null : recordingIn(folder, () => now, console, world);
  const serving = openServing({ clock, network, random: random.fork('gateway'), ledger, on, recording });
  const opened = serving.use(first.value);
  if (!opened.ok) return refuse(...opened.diagnostics);
  now = opened.value;
  const { key } = first.value;
  const access = { key, isLocal: isLoopback(place.host) };
  await network.ready();
  const gateway = openGateway({ serving: () => now, random, access });
  let listening: Listening;
  try {
    listening = await world.listener.listen(gateway.handler, { ...place, maxBodyBytes: MOST_BODY_BYTES });
  } catch (error) {
    const message = `cannot listen on ${place.host}:${place.port}: ${error instanceof Error ? error.message : error}`;
    return refuse({ code: 'serve/cannot-listen', message, help: 'choose another with --port or --host' });
  }
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  if (json)
    console.json({
      url: `http://${host}:${listening.port}/v1`,
      models: now.routes.all.map(({ name }) => name),
    });
  else
    console.data(`${linesOf(`http://${host}:${listening.port}`, now.routes, first.value.env).join('\n')}\n`);

  async function readAgain(): Promise<void> {
    const read = await readServed(flags, place, world);
    const used = read.ok ? serving.use(read.value) : read;
    if (used.ok) {
      now = used.value;
      console.say(`read again: ${now.routes.all.map(({ name }) => name).join(', ')}\n`);
      return;
    }
    console.complain(await showDiagnostics(used.diagnostics, console.colour.stderr));
    console.complain('! the configuration is kept as it was\n');
  }

  await whileServing(flags, readAgain, ledger.save, world);
  gateway.drain();
  console.say(`shutting down: open requests have ${GRACE_MS / 1000} s\n`);
  await listening.close(GRACE_MS);
  await recording?.close();
  await ledger.save();
  return exitCodes.done;
};

function recordingIn(folder: string, now: () => ExchangeParts, console: Console, world: World): Recording {
  const redact = (text: string) => now().redact(text);
  const { clock, files, random, processes } = world;
  return openRecording({
    folder,
    clock,
    files,
    random,
    environment: {
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      cores: processes.cores,
      extraction: EXTRACTION,
    },
    version: packageVersion(),
    routes: () => now().routes,
    redact,
    ended: async ({ path }) => {
      await conclude({ path }, redact, world);
      console.say(`recorded in ${path}\n`);
    },
    failed: (error) =>
      console.complain(
        `! nothing is recorded from now on: ${error instanceof Error ? error.message : error}\n`,
      ),
  });
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function placeOf(flags: FlagReader): Place {
  return {
    port: flags.wholeNumber('port', 0) ?? DEFAULT_PORT,
    host: flags.text('host') ?? DEFAULT_HOST,
  };
}

/** Configuration, environment and key as they are now. */
async function readServed(flags: FlagReader, { host }: Place, world: World): Promise<Checked<ServedConfig>> {
  const env = await loadEnvironment(flags.text('envFile'), world);
  if (!env.ok) return env;
  const config = await loadConfig(flags.text('config'), { files: world.files, providers: knownProviders });
  if (!config.ok) return config;
  const deadline = flags.text('deadline') ?? DEFAULT_DEADLINE;
  const deadlineMs = parseDurationMs(deadline);
  if (deadlineMs === null) flags.mistake(`--deadline takes a duration like 60s, not "${deadline}"`);
  const key = keyFrom(flags.text('keyEnv'), host, env.value);
  if (typeof key === 'object' && key !== null) return { ok: false, diagnostics: [key] };
  return { ok: true, value: { config: config.value, env: env.value, key, deadlineMs: deadlineMs ?? 0 } };
}

/** The key that clients must send; null: none is needed. */
function keyFrom(variable: string | null, host: string, env: World['env']): string | null | Diagnostic {
  if (variable === null) {
    if (isLoopback(host)) return null;
    return {
      code: 'serve/needs-key',
      message: `${host} can be reached by others, and no key is asked for`,
      help: 'set a key in an environment variable and name it with --key-env',
    };
  }
  const key = env[variable]?.trim();
  if (key) return key;
  return {
    code: 'serve/needs-key',
    message: `--key-env: ${variable} is not set`,
    help: `set it: export ${variable}=…`,
  };
}

/** Until it is interrupted; files that change are read again, and so is everything at SIGHUP. */
async function whileServing(
  flags: FlagReader,
  readAgain: () => Promise<void>,
  save: () => Promise<void>,
  { clock, files, interrupted, heedHangup, heedInterrupt }: World,
): Promise<void> {
  heedInterrupt();
  const watched = [flags.text('config') ?? DEFAULT_CONFIG, flags.text('envFile') ?? DEFAULT_ENV_FILE];
  const textsOf = async () =>
    Promise.all(
      watched.map(async (file) => ((await files.kind(file)) === 'file' ? files.readText(file) : '')),
    );
  let hungUp = new AbortController();
  heedHangup(() => hungUp.abort(NO_LONGER_WANTED));
  let texts = await textsOf();
  while (!interrupted.aborted) {
    await clock.sleep(LOOK_MS, AbortSignal.any([interrupted, hungUp.signal])).catch(() => {});
    if (interrupted.aborted) return;
    await save();
    const before = texts;
    // A file that is being written may be gone for a moment.
    texts = await textsOf().catch(() => before);
    const isAsked = hungUp.signal.aborted;
    if (isAsked) hungUp = new AbortController();
    if (isAsked || texts.some((text, at) => text !== before[at])) await readAgain();
  }
}

function linesOf(url: string, { all }: Routes, env: World['env']): string[] {
  const missing = new Map(
    all
      .flatMap(({ candidate }) => modelsOf(candidate))
      .flatMap(({ name, account: { apiKeyEnv } }) =>
        apiKeyEnv === null || env[apiKeyEnv]?.trim() ? [] : [[name, apiKeyEnv] as const],
      ),
  );
  const width = Math.max(...all.map(({ name }) => name.length));
  return [
    `listening on ${url}/v1`,
    ...all.map(({ name, candidate }) => {
      const models = modelsOf(candidate).map(
        (model) => `${model.simulation === null ? '' : '~'}${model.name}`,
      );
      return `  ${name.padEnd(width)}  ${models.join(' → ')}`.trimEnd();
    }),
    ...(all.some(({ candidate }) => isSimulated(candidate))
      ? ['~ simulated: nobody is asked, and every answer says so']
      : []),
    ...[...missing].map(([name, variable]) => `! ${name}: ${variable} is not set, so its server gets no key`),
  ];
}
