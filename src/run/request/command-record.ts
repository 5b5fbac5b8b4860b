/** What was typed for a run, as its journal keeps it, and back: a run is resumed without its command line. */
import { isAbsolute, relative } from 'node:path';
import type { CommandRecord, GateRecord } from '../../domain/record.js';
import type { GateOptions, RunOptions } from './run-options.js';

/** `cwd`: paths below it are kept relative to it, so that a journal says nothing about the machine and may be moved with its folder. */
export function commandRecord(options: RunOptions, cwd: string): CommandRecord {
  const here = (path: string) => {
    const from = relative(cwd, path);
    return isAbsolute(path) && !from.startsWith('..') && !isAbsolute(from) ? from : path;
  };
  return {
    suites: options.suites.map(here),
    models: options.models ?? [],
    rotations: options.rotations ?? [],
    samples: options.samples ?? null,
    categories: options.categories ?? [],
    cases: options.cases ?? [],
    concurrency: options.concurrency ?? null,
    config: options.config == null ? null : here(options.config),
    env_file: options.envFile == null ? null : here(options.envFile),
    allow_unanswered: options.allowUnanswered ?? null,
    fail_under: options.failUnder ?? [],
    reports: options.reports ?? [],
    replay: options.replay ?? null,
    shard: options.shard ?? null,
    only_failed: options.onlyFailed ?? null,
    skip_unsupported: options.skipUnsupported ?? false,
    ...(options.sandbox == null ? {} : { sandbox: options.sandbox }),
    baseline: options.baseline ?? null,
    gate:
      options.baseline == null || options.gate === undefined
        ? null
        : {
            ...options.gate.settings,
            allow_mismatch: options.gate.allowMismatch,
            allow_inconclusive: options.gate.allowInconclusive,
            stop_early: options.gate.stopEarly,
          },
  };
}

export function optionsOf(command: CommandRecord): RunOptions {
  return {
    suites: command.suites,
    models: command.models,
    rotations: command.rotations,
    samples: command.samples,
    categories: command.categories,
    cases: command.cases,
    concurrency: command.concurrency,
    config: command.config,
    envFile: command.env_file,
    allowUnanswered: command.allow_unanswered,
    failUnder: command.fail_under,
    reports: command.reports,
    replay: command.replay,
    shard: command.shard,
    onlyFailed: command.only_failed,
    skipUnsupported: command.skip_unsupported,
    sandbox: command.sandbox ?? null,
    baseline: command.baseline,
    ...(command.gate === null ? {} : { gate: gateOf(command.gate) }),
  };
}

function gateOf({ alpha, max_drop, min_effect, min_coverage, ...allowed }: GateRecord): GateOptions {
  return {
    settings: { alpha, max_drop, min_effect, min_coverage },
    allowMismatch: allowed.allow_mismatch,
    allowInconclusive: allowed.allow_inconclusive,
    stopEarly: allowed.stop_early,
  };
}
