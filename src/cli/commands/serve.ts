/** `bench serve`: a gateway whose rotation was measured, for every program that speaks to an OpenAI-compatible endpoint. */
import { modelsOf } from '../../domain/candidate.js';
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import { redactor } from '../../domain/redact.js';
import { parseDurationMs } from '../../domain/units.js';
import { isLoopback } from '../../gateway/access.js';
import { MOST_BODY_BYTES } from '../../gateway/exchange.js';
import { openGateway } from '../../gateway/gateway.js';
import { openRoutes, type Routes } from '../../gateway/routes.js';
import { openUpstream } from '../../gateway/upstream.js';
import { knownProviders } from '../../providers/index.js';
import { openLedger } from '../../run/execution/open-ledger.js';
import { loadEnvironment } from '../../run/request/dotenv.js';
import { loadConfig } from '../../suite/config.js';
import type { Listening, World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

const DEFAULT_PORT = 4141;
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_DEADLINE = '60s';
/** What is open when it is asked to end may go on for so long. */
const GRACE_MS = 30_000;

export const act: Act = async (typed, world) => {
  const { flags, refuse, redacted } = openCommand(typed, world);
  const env = await loadEnvironment(flags.text('envFile'), world);
  if (!env.ok) return refuse(...env.diagnostics);
  const config = await loadConfig(flags.text('config'), { files: world.files, providers: knownProviders });
  if (!config.ok) return refuse(...config.diagnostics);
  const deadline = flags.text('deadline') ?? DEFAULT_DEADLINE;
  const deadlineMs = parseDurationMs(deadline);
  if (deadlineMs === null) flags.mistake(`--deadline takes a duration like 60s, not "${deadline}"`);
  const port = flags.wholeNumber('port', 0) ?? DEFAULT_PORT;
  const host = flags.text('host') ?? DEFAULT_HOST;
  const key = keyFrom(flags.text('keyEnv'), host, env.value);
  if (typeof key === 'object' && key !== null) return refuse(key);
  const routes = openRoutes(config.value, deadlineMs ?? 0);
  if (!routes.ok) return refuse(...routes.diagnostics);
  if (flags.mistakes.length > 0) return refuse();

  const secrets = secretsOf(routes.value, env.value);
  const redact = redactor([...secrets, ...(key === null ? [] : [key])]);
  const console = redacted(redact);
  const on = (event: RunEvent) => {
    if (event.kind === 'lane-down') console.complain(`! ${event.model} is disabled: ${event.reason}\n`);
  };
  await world.network.ready();
  const gateway = openGateway({
    upstream: openUpstream({
      clock: world.clock,
      network: world.network,
      random: world.random.fork('gateway'),
      ledger: await openLedger({ simulatedTime: false }, world.clock, world),
      timeouts: config.value.timeouts,
      env: env.value,
      redact,
      on,
    }),
    routes: () => routes.value,
    redact,
    access: { key, isLocal: isLoopback(host) },
  });
  let listening: Listening;
  try {
    const options = { host, port, maxBodyBytes: MOST_BODY_BYTES };
    listening = await world.listener.listen(gateway.handler, options);
  } catch (error) {
    const message = `cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}`;
    return refuse({ code: 'serve/cannot-listen', message, help: 'choose another with --port or --host' });
  }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
  console.data(`${linesOf(url, routes.value, env.value).join('\n')}\n`);
  await interruption(world);
  gateway.drain();
  console.say('shutting down: open requests have 30 s\n');
  await listening.close(GRACE_MS);
  return exitCodes.done;
};

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

function secretsOf({ all }: Routes, env: World['env']): string[] {
  const variables = all
    .flatMap(({ candidate }) => modelsOf(candidate))
    .flatMap(({ account }) => account.apiKeyEnv ?? []);
  return [...new Set(variables)].flatMap((variable) => env[variable]?.trim() ?? []);
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
      const models = modelsOf(candidate).map((model) => model.name);
      return `  ${name.padEnd(width)}  ${models.join(' → ')}`.trimEnd();
    }),
    ...[...missing].map(([name, variable]) => `! ${name}: ${variable} is not set, so its server gets no key`),
  ];
}

function interruption({ interrupted, heedInterrupt }: World): Promise<void> {
  heedInterrupt();
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
