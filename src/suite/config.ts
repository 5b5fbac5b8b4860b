/** bench.yaml -> the names that suites and flags may use, or all its mistakes. */
import { dirname, resolve } from 'node:path';
import {
  type Account,
  defaultRetry,
  defaultTimeouts,
  type Model,
  type Simulation,
  type Timeouts,
} from '../domain/candidate.js';
import type { Checked, Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { ErrorCode } from '../domain/errors/error-codes.js';
import type { SandboxTier } from '../domain/program.js';
import type { Provider } from '../providers/provider.js';
import type { Files } from '../world/world.js';
import { readAnswers } from './answers.js';
import {
  modelNamed,
  modelOf,
  ms,
  type Names,
  type RotationEntry,
  retryOptions,
  simulatedAccount,
  withoutUndefined,
} from './candidates.js';
import { wrongFaults } from './faults.js';
import { type About, mistakesOf } from './mistakes.js';
import { namedFile } from './named-file.js';
import { type ConfigEntry, configSchema, type ModelEntry } from './schema.js';
import { type Locate, type Path, readYaml, withPlainNumbers } from './yaml-source.js';

export interface Config extends Names {
  readonly file: string | null;
  readonly timeouts: Timeouts;
  /** By category: who answers it in `bench serve`. */
  readonly routes: ReadonlyMap<string, RouteEntry>;
  /** Python packages for every suite. */
  readonly packages: readonly string[];
  /** Where answers run; null: it does not say. */
  readonly sandbox: SandboxTier | null;
  /** By language, the program that native sandboxes run: a path, or a name to be found. */
  readonly toolchains: Readonly<Record<string, string>>;
}

export interface RouteEntry {
  /** Models in their order, or one rotation. */
  readonly to: readonly string[];
  /** Null: nothing is said. */
  readonly because: string | null;
}

const DEFAULT_FILE = 'bench.yaml';

/** `path` null: bench.yaml of the working folder, or nothing but the known providers where there is none. */
export async function loadConfig(
  path: string | null,
  { files, providers }: { files: Files; providers: readonly Provider[] },
): Promise<Checked<Config>> {
  const file = path ?? DEFAULT_FILE;
  if ((await files.kind(file)) !== 'file') {
    if (path === null) return { ok: true, value: emptyConfig(providers) };
    return {
      ok: false,
      diagnostics: [
        {
          code: 'config/not-found',
          message: `there is no config file ${file}`,
          help: 'leave --config out, or name a file that is there',
        },
      ],
    };
  }
  const source = readYaml(await files.readText(file), file);
  if (source.diagnostics.length > 0) return { ok: false, diagnostics: source.diagnostics };
  const about: About = { subject: 'the config', locate: source.locate, schema: configSchema };
  const parsed = configSchema.safeParse(withPlainNumbers(source.data ?? {}, new Set()), {
    reportInput: true,
  });
  if (!parsed.success) return { ok: false, diagnostics: mistakesOf(parsed.error, about) };
  return build(file, parsed.data, providers, source.locate, files);
}

/** Known providers, and nothing else. */
export function emptyConfig(providers: readonly Provider[]): Config {
  return {
    file: null,
    accounts: knownAccounts(providers),
    models: new Map(),
    rotations: new Map(),
    routes: new Map(),
    retry: defaultRetry,
    timeouts: defaultTimeouts,
    packages: [],
    sandbox: null,
    toolchains: {},
  };
}

function knownAccounts(providers: readonly Provider[]): Map<string, Account> {
  return new Map(
    providers.map(({ name, baseUrl, apiKeyEnv }) => [
      name,
      { provider: name, baseUrl, apiKeyEnv, headers: {}, limits: {} },
    ]),
  );
}

async function build(
  file: string,
  entry: ConfigEntry,
  providers: readonly Provider[],
  locate: Locate,
  files: Files,
): Promise<Checked<Config>> {
  const diagnostics: Diagnostic[] = [];
  const accounts = knownAccounts(providers);
  for (const [name, given] of Object.entries(entry.providers ?? {})) {
    const known = accounts.get(name);
    const baseUrl = given.base_url ?? known?.baseUrl;
    if (name === 'simulated' || baseUrl === undefined) {
      diagnostics.push({
        ...locate(['providers', name], 'key'),
        code: 'file/invalid-value',
        message:
          name === 'simulated'
            ? '"simulated" is built in and takes no entry'
            : `provider "${name}" is unknown and needs a base_url`,
        ...helpOf(
          name === 'simulated'
            ? 'remove it'
            : (didYouMean(name, [...accounts.keys()]) ?? 'add base_url: http://127.0.0.1:8080/v1, say'),
        ),
      });
      continue;
    }
    accounts.set(name, {
      provider: name,
      baseUrl,
      // Another address is another server: the known one's key is not for it.
      apiKeyEnv: given.api_key_env ?? (given.base_url === undefined ? (known?.apiKeyEnv ?? null) : null),
      headers: given.headers ?? {},
      limits: withoutUndefined(given.limits ?? {}),
    });
  }

  const retry = retryOptions(entry.retry ?? null, defaultRetry);
  const models = new Map<string, Model>();
  for (const [name, given] of Object.entries(entry.models ?? {})) {
    const made = await makeModel(name, given, {
      accounts,
      retry,
      file,
      files,
      locate,
      path: ['models', name],
    });
    diagnostics.push(...made.diagnostics);
    if (made.model !== null) models.set(name, made.model);
  }

  const rotations = new Map<string, RotationEntry>();
  for (const [name, given] of Object.entries(entry.rotations ?? {})) {
    const list = 'models' in given ? given.models : given;
    const own = 'models' in given ? (given.retry ?? null) : null;
    rotations.set(name, { models: list, retry: own });
  }
  const { timeouts } = entry;
  const config: Config = {
    file,
    accounts,
    models,
    rotations,
    routes: routesIn(entry),
    retry,
    timeouts: {
      headersMs: timeouts?.headers === undefined ? defaultTimeouts.headersMs : ms(timeouts.headers),
      localHeadersMs: timeouts?.headers === undefined ? defaultTimeouts.localHeadersMs : ms(timeouts.headers),
      progressMs: timeouts?.progress === undefined ? defaultTimeouts.progressMs : ms(timeouts.progress),
      totalMs: timeouts?.total === undefined ? defaultTimeouts.totalMs : ms(timeouts.total),
    },
    ...runningOf(entry, file),
  };
  for (const [name, rotation] of rotations) {
    const inside: Path = Array.isArray(entry.rotations?.[name])
      ? ['rotations', name]
      : ['rotations', name, 'models'];
    rotation.models.forEach((model, index) => {
      // A model whose own entry is wrong has been reported already.
      if (entry.models !== undefined && model in entry.models) return;
      const found = modelNamed(model, config);
      if ('message' in found) diagnostics.push({ ...locate([...inside, index], 'value'), ...found });
    });
  }
  diagnostics.push(...wrongRoutes(config, entry, locate));
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: config };
}

function routesIn({ routes = {} }: ConfigEntry): Map<string, RouteEntry> {
  return new Map(
    Object.entries(routes).map(([category, { to, because }]) => [
      category,
      { to: typeof to === 'string' ? [to] : to, because: because ?? null },
    ]),
  );
}

function wrongRoutes(config: Config, { routes, models }: ConfigEntry, locate: Locate): Diagnostic[] {
  return [...config.routes].flatMap(([category, { to }]) => {
    if (to.length === 1 && config.rotations.has(to[0] ?? '')) return [];
    const isList = typeof routes?.[category]?.to !== 'string';
    return to.flatMap((model, index) => {
      if (models !== undefined && model in models) return [];
      const found = modelNamed(model, config);
      const path: Path = ['routes', category, 'to', ...(isList ? [index] : [])];
      return 'message' in found ? [{ ...locate(path, 'value'), ...found }] : [];
    });
  });
}

export interface ModelContext {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly retry: Model['retry'];
  /** What paths in the entry are relative to. */
  readonly file: string;
  readonly files: Files;
  readonly locate: Locate;
  readonly path: Path;
}

/** A full entry of bench.yaml or of a suite. */
export async function makeModel(
  name: string,
  entry: ModelEntry,
  context: ModelContext,
): Promise<{ model: Model | null; diagnostics: readonly Diagnostic[] }> {
  const { accounts, retry, file, files, locate, path } = context;
  const simulated = entry.provider === 'simulated';
  const account = simulated ? simulatedAccount(name) : accounts.get(entry.provider);
  const wrong = (key: string, code: ErrorCode, message: string, help: string | null = null): Diagnostic => ({
    ...locate([...path, key], 'value'),
    code,
    message,
    ...helpOf(help),
  });
  const diagnostics: Diagnostic[] = [];
  if (account === undefined) {
    const known = [...accounts.keys(), 'simulated'];
    const help = didYouMean(entry.provider, known) ?? `known are ${known.join(', ')}`;
    diagnostics.push(
      wrong(
        'provider',
        'config/unknown-provider',
        `model "${name}": no provider is named "${entry.provider}"`,
        help,
      ),
    );
  }
  if (!simulated && entry.model === undefined) {
    diagnostics.push({
      ...locate(path, 'value'),
      code: 'file/missing-key',
      message: `model "${name}" needs "model", the provider's id of it`,
      help: 'add model: mistralai/mistral-small-3.2-24b-instruct:free, say',
    });
  }
  const pretending = ['answers', 'quality', 'latency', 'faults'] as const;
  for (const key of pretending) {
    if (!simulated && entry[key] !== undefined) {
      diagnostics.push({
        ...locate([...path, key], 'key'),
        code: 'file/invalid-value',
        message: `model "${name}": "${key}" is for simulated models only`,
      });
    }
  }
  for (const { index, message, help } of wrongFaults(entry)) {
    diagnostics.push({
      ...locate([...path, 'faults', index], 'value'),
      code: 'file/invalid-value',
      message: `model "${name}": ${message}`,
      help,
    });
  }
  let answers: Simulation['answers'] = {};
  if (simulated && entry.answers !== undefined) {
    const found = await namedFile(entry.answers, file, files);
    if ('message' in found) diagnostics.push(wrong('answers', found.code, found.message, found.help));
    else {
      const read = await readAnswers(found.path, files);
      if (read.ok) answers = read.value;
      else diagnostics.push(...read.diagnostics);
    }
  }
  const model =
    diagnostics.length > 0 || account === undefined ? null : modelOf(name, entry, account, answers, retry);
  return { model, diagnostics };
}

function helpOf(help: string | null): { help?: string } {
  return help === null ? {} : { help };
}

/** How answers are run. Paths of programs are relative to the file that names them. */
function runningOf(
  { packages = [], sandbox, toolchains = {} }: ConfigEntry,
  file: string,
): Pick<Config, 'packages' | 'sandbox' | 'toolchains'> {
  const programs = Object.entries(toolchains).flatMap(([language, program]) =>
    program === undefined
      ? []
      : [[language, program.includes('/') ? resolve(dirname(file), program) : program]],
  );
  return { packages, sandbox: sandbox ?? null, toolchains: Object.fromEntries(programs) };
}
