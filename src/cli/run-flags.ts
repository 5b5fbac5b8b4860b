/** What was typed for a run, in the contract's words: nothing is opened, read or sent. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { type SandboxWord, sandboxWords } from '../domain/program.js';
import { parseDurationMs } from '../domain/units.js';
import type { RunOptions } from '../run/request/run-options.js';
import type { Typed } from './command.js';
import { readCompareFlags } from './compare-flags.js';
import { type FlagReader, readFlags } from './flags.js';

export interface RunFlags {
  readonly options: RunOptions;
  readonly mistakes: readonly Diagnostic[];
}

export function readRunFlags({ args, flags: typed }: Typed): RunFlags {
  const flags = readFlags(typed);
  const options: RunOptions = {
    suites: args,
    models: flags.texts('model'),
    rotations: flags.texts('rotation'),
    samples: flags.wholeNumber('samples', 1),
    categories: flags.texts('category'),
    cases: flags.texts('case'),
    concurrency: flags.wholeNumber('concurrency', 1),
    config: flags.text('config'),
    allowOutside: flags.on('allowOutside'),
    envFile: flags.text('envFile'),
    out: flags.text('out'),
    seed: flags.text('seed'),
    allowUnanswered: readAllowed(flags.text('allowUnanswered'), flags.mistake),
    failUnder: flags.texts('failUnder'),
    shard: flags.text('shard'),
    onlyFailed: flags.text('onlyFailed'),
    maxCostUsd: readDollars(flags),
    maxRequests: flags.wholeNumber('maxRequests', 1),
    deadlineMs: readDeadline(flags),
    replay: flags.text('replay'),
    reports: flags.texts('report'),
    baseline: flags.text('baseline'),
    ...(flags.on('skipUnsupported') ? { skipUnsupported: true } : {}),
    sandbox: readSandbox(flags),
    gate: readCompareFlags(flags),
  };
  if (options.gate?.stopEarly && options.baseline === null) {
    flags.mistake('--stop-early needs a baseline', 'name one with --baseline');
  }
  return { options, mistakes: flags.mistakes };
}

function readSandbox(flags: FlagReader): SandboxWord | null {
  const text = flags.text('sandbox');
  if (text === null) return null;
  const word = sandboxWords.find((one) => one === text);
  if (word === undefined) flags.mistake(`--sandbox takes ${sandboxWords.join(', ')}, not "${text}"`);
  return word ?? null;
}

function readAllowed(text: string | null, mistake: (message: string) => void): number | 'all' | null {
  if (text === null || text === 'all') return text;
  if (/^\d+$/.test(text)) return Number(text);
  mistake(`--allow-unanswered takes a whole number, or all, not "${text}"`);
  return null;
}

function readDollars(flags: FlagReader): number | null {
  const text = flags.text('maxCost');
  if (text === null) return null;
  const usd = /^\$?(\d*\.?\d+)$/.exec(text)?.[1];
  if (usd !== undefined && Number(usd) > 0) return Number(usd);
  flags.mistake(`--max-cost takes US dollars, like 2.50, not "${text}"`);
  return null;
}

function readDeadline(flags: FlagReader): number | null {
  const text = flags.text('deadline');
  if (text === null) return null;
  const ms = parseDurationMs(text);
  if (ms !== null && ms > 0) return ms;
  flags.mistake(`--deadline takes a duration, like 90s or 2h, not "${text}"`);
  return null;
}
