/** What a run says before its first request and after its last. */
import { join } from 'node:path';
import type { ThresholdResult } from '../analysis/gates.js';
import { isSimulated } from '../domain/candidate.js';
import { metrics } from '../domain/metric.js';
import { formatUsd } from '../domain/units.js';
import type { Forecast } from '../run/plan.js';
import type { RunRequest } from '../run/request.js';
import { sharedAccounts } from '../run/simulate.js';

export function linesBefore({ plan, seed, simulatedTime }: RunRequest, folder: string): string {
  const simulated = plan.candidates.filter(isSimulated);
  const lines: string[] = [];
  if (simulated.length > 0) {
    lines.push(
      simulatedTime
        ? `simulated models in simulated time (seed ${seed}): no key, no network, no waiting. Real ones: -m provider:model`
        : `${simulated.map(({ name }) => name).join(', ')}: simulated, in real time beside the real ones`,
      '',
    );
  }
  const { trials, forecast, candidates, suites } = plan;
  const named = suites.map(({ name }) => name).join(', ');
  const samples = trials.length / Math.max(1, forecast.cases * candidates.length);
  const times = samples === 1 ? '' : ` x ${Number(samples.toFixed(2))} samples`;
  lines.push(
    `  ${named}  ${count(forecast.cases, 'case')} x ${count(candidates.length, 'candidate')}${times} = ${count(trials.length, 'trial')}, about ${count(forecast.requests, 'request')}, ${costText(forecast)}`,
    `  sandbox  wasm        journal  ${folder}/`,
    '',
  );
  for (const names of sharedAccounts(candidates)) {
    lines.push(`! ${names.join(', ')} share one account and its limits: they slow each other down`, '');
  }
  return `${lines.join('\n')}\n`;
}

function costText({ costUsdMax, unpriced }: Forecast): string {
  if (costUsdMax === null) return `cost unknown: no price of ${unpriced.join(', ')}`;
  return costUsdMax === 0 ? 'cost $0' : `cost at most ${formatUsd(costUsdMax)}`;
}

export function linesAfter(folder: string, gates: readonly ThresholdResult[]): string {
  return [
    '',
    ...gates.map(gateText),
    ...(gates.length > 0 ? [''] : []),
    `  results  ${join(folder, 'run.json')}  trials.jsonl  matrix.md`,
    '  this table again  bench matrix latest      all runs  bench list',
    '',
  ].join('\n');
}

function gateText({ threshold, candidate, value, holds }: ThresholdResult): string {
  const metric = metrics.find((known) => known.key === threshold.metric);
  const shown = value === null || metric === undefined ? 'not measured' : metric.format(value);
  return `  ${holds ? 'holds ' : 'MISSED'}  ${threshold.text}  ${candidate}: ${shown}`;
}

function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}
