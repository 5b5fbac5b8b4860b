/** What was typed for a comparison: `--max-drop 6 --max-drop latency=20%`. */
import { defaultSettings } from '../analysis/compare.js';
import { type ComparedMetric, comparedMetrics } from '../domain/compare-settings.js';
import type { GateOptions } from '../run/request/run-options.js';
import type { FlagReader } from './flags.js';

export function readCompareFlags(flags: FlagReader): GateOptions {
  const max_drop: Partial<Record<ComparedMetric, number>> = {};
  for (const text of flags.texts('maxDrop')) {
    const read = readMaxDrop(text);
    if (read === null) {
      flags.mistake(
        `--max-drop takes points, or success=, quality= or latency=, not "${text}"`,
        'write it like 6, success=3, quality=0.3 or latency=20%',
      );
    } else max_drop[read.metric] = read.value;
  }
  const number = (name: string, typed: string, least: number, most: number, standard: number): number => {
    const text = flags.text(name);
    if (text === null) return standard;
    const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    flags.mistake(`--${typed} takes a number from ${least} to ${most}, not "${text}"`);
    return standard;
  };
  return {
    settings: {
      alpha: number('alpha', 'alpha', 0.0001, 0.5, defaultSettings.alpha),
      max_drop,
      min_effect: number('minEffect', 'min-effect', 0, 100, 100 * defaultSettings.min_effect) / 100,
      min_coverage: number('minCoverage', 'min-coverage', 0, 1, defaultSettings.min_coverage),
    },
    allowMismatch: flags.on('allowMismatch'),
    allowInconclusive: flags.on('allowInconclusive'),
    stopEarly: flags.on('stopEarly'),
  };
}

function readMaxDrop(text: string): { readonly metric: ComparedMetric; readonly value: number } | null {
  const match = /^(?:([a-z_]+)=)?(\d*\.?\d+)(%?)$/.exec(text.trim());
  if (match === null) return null;
  const [, word = 'pass_rate', number, percent] = match;
  const metric = comparedMetrics.find((known) => known === word || known === `${word}_rate`);
  if (metric === undefined) return null;
  const value = Number(number);
  switch (metric) {
    case 'latency':
      return percent === '%' ? { metric, value: value / 100 } : null;
    case 'quality':
      return percent === '%' || value > 5 ? null : { metric, value };
    case 'pass_rate':
    case 'success_rate':
      return value > 100 ? null : { metric, value: value / 100 };
    default:
      return metric satisfies never;
  }
}
