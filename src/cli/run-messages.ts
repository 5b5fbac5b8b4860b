/** What a run says before its first request and after its last. */
import type { ThresholdResult } from '../analysis/gates.js';
import { settingsAtEnd } from '../analysis/stopping.js';
import { type Candidate, isSimulated, modelsOf } from '../domain/candidate.js';
import { formatUsd } from '../domain/units.js';
import { DEFAULT_OUT } from '../journal/run-folder.js';
import { knownProviders } from '../providers/index.js';
import { hostOf } from '../providers/refusals.js';
import { thresholdText } from '../reports/wording.js';
import { wrapText } from '../reports/wrap-text.js';
import type { Changed } from '../run/execution/replay.js';
import { type GatePower, gatePower } from '../run/planning/gate-power.js';
import { type Forecast, planForecast } from '../run/planning/plan.js';
import { hasLimits } from '../run/planning/shard.js';
import { sharedAccounts } from '../run/planning/simulate.js';
import type { Gate } from '../run/request/read-gate.js';
import type { RunRequest } from '../run/request/read-request.js';

export function linesBefore(
  { plan, env, seed, simulatedTime, gate, stored, shard, tiers }: RunRequest,
  folder: string,
  done: number,
  columns: number,
): string {
  const { trials, candidates, suites } = plan;
  const forecast = planForecast(plan);
  const simulated = candidates.filter(isSimulated);
  const lines: string[] = [];
  if (stored !== null) lines.push(`scoring the answers of ${stored.run.id} again; nothing is sent`, '');
  else if (simulated.length > 0) {
    lines.push(
      simulatedTime
        ? `simulated models in simulated time (seed ${seed}): no key, no network, no waiting`
        : `${simulated.map(({ name }) => name).join(', ')}: simulated; they answer in real time because other candidates are real`,
      '',
    );
  }
  const named = suites.map(({ name }) => name).join(', ');
  const samples = trials.length / Math.max(1, forecast.cases * candidates.length);
  const times = samples === 1 || shard !== null ? '' : ` x ${Number(samples.toFixed(2))} samples`;
  lines.push(
    `  ${named}  ${count(forecast.cases, 'case')} x ${count(candidates.length, 'candidate')}${times} = ${count(trials.length, 'trial')}, about ${count(forecast.requests, 'request')}, ${costText(forecast)}`,
    `  sandbox  ${tiers.padEnd(10)}  journal  ${folder}/`,
    ...(done > 0 ? [`  resumed  ${done} of ${count(trials.length, 'trial')} are finished`] : []),
    '',
  );
  if (gate !== null) lines.push(...gateLines(gatePower(plan, gate.profile, gate.settings), gate), '');
  if (gate?.stopEarly && simulatedTime) {
    lines.push(
      '! --stop-early has no effect in simulated time: all requests come before the first verdict',
      '',
    );
  } else if (gate?.stopEarly) {
    const atEnd = Number(settingsAtEnd(gate.settings).alpha.toPrecision(3));
    lines.push(
      `           early stopping: checked after every tenth of the trials; the final check uses alpha ${atEnd}`,
      '',
    );
  }
  if (shard !== null) {
    const part = `  shard    ${shard.index}/${shard.of}: ${count(trials.length, 'trial')}, the same on every machine`;
    const divided = hasLimits(candidates) ? `; limits are divided by ${shard.of}` : '';
    lines.push(`${part}${divided}`, '');
  }
  for (const warning of keysNotSent(candidates, env)) lines.push(`! ${warning}`, '');
  for (const names of sharedAccounts(candidates, env)) {
    lines.push(`! ${names.join(', ')} share one account and its limits: they slow each other down`, '');
  }
  return `${lines.map((line) => wrapText(line, columns, '    ')).join('\n')}\n`;
}

/** What the gate will be able to see, while nothing is spent yet. */
export function gateLines(
  seen: readonly GatePower[],
  { name, profile, settings }: Pick<Gate, 'name' | 'profile' | 'settings'>,
): string[] {
  const day = profile.started_at.slice(0, 10);
  const width = Math.max(...seen.map(({ candidate }) => candidate.length));
  return [
    `  gate     ${name === null ? profile.id : `${name} (${day})`}, alpha ${settings.alpha}; drops of the pass rate that this plan detects (power 80%):`,
    ...seen.map(
      ({ candidate, cases, sees, sees_at_best: atBest, samples, five_points: five, to_pass: pass }) => {
        const points = (share: number) => Number((100 * share).toFixed(1));
        const range = atBest == null || sees === null ? '' : `${points(atBest)} to `;
        const drop = sees === null ? 'none' : `${range}${points(sees)} points`;
        const part =
          cases.planned < cases.baseline
            ? ` (${cases.planned} of the baseline's ${cases.baseline} cases)`
            : '';
        const needs =
          pass !== null
            ? needsToPass(pass, settings)
            : sees !== null && sees <= 0.05
              ? ''
              : five.after !== null
                ? `; 5 points need -n ${five.after}`
                : five.both !== null
                  ? `; 5 points need -n ${five.both} on both sides`
                  : '; 5 points need more cases';
        return `           ${candidate.padEnd(width)}  ${drop}${samples > 1 ? ` with -n ${samples}` : ''}${part}${needs}`;
      },
    ),
  ];
}

/** How many samples tell no drop from the one that is allowed. */
function needsToPass(
  { after, both }: NonNullable<GatePower['to_pass']>,
  { max_drop: allowed, min_effect: least }: Gate['settings'],
): string {
  const points = Number((100 * Math.max(allowed.pass_rate ?? 0, least)).toFixed(1));
  const needs =
    after !== null
      ? `needs -n ${after}`
      : both !== null
        ? `needs -n ${both} on both sides`
        : 'needs more cases';
  return `; passing with --max-drop ${points} ${needs}`;
}

/** A key that is set, of a provider that bench.yaml puts elsewhere: it stays here, and that is said before anything is sent. */
function keysNotSent(candidates: readonly Candidate[], env: RunRequest['env']): string[] {
  const warnings = candidates.flatMap(modelsOf).flatMap(({ account, simulation }) => {
    const known = knownProviders.find(({ name }) => name === account.provider);
    const variable = known?.apiKeyEnv ?? null;
    if (simulation !== null || account.apiKeyEnv !== null || variable === null || !env[variable]?.trim())
      return [];
    const host = hostOf(account.baseUrl);
    return [
      `no key is sent to ${host}: ${variable} is for ${known?.baseUrl}; add api_key_env to the provider "${account.provider}" in bench.yaml`,
    ];
  });
  return [...new Set(warnings)];
}

/** So many names are read; of more the number says enough. */
const NAMED = 4;

function namesOrCount(names: readonly string[]): string {
  return names.length <= NAMED ? names.join(', ') : `${names.length} models`;
}

function costText({ costUsdMax, unpriced }: Forecast): string {
  if (costUsdMax === null) return `cost unknown: no price for ${namesOrCount(unpriced)}`;
  return costUsdMax === 0 ? 'cost $0' : `cost at most ${formatUsd(costUsdMax)}`;
}

export interface Hints {
  readonly folder: string;
  /** The folder of runs, where it is not the usual one. */
  readonly out: string;
  /** A case worth a closer look. */
  readonly look: string | null;
  readonly simulated: boolean;
  /** Null: there is no bench.yaml yet. */
  readonly config: string | null;
  /** Whose trials are not all done; null: they are. */
  readonly unfinished: string | null;
  /** Files beside the usual ones. */
  readonly reports: readonly string[];
}

/** The command that resumes a run. */
export function resumeLine(id: string, out: string): string {
  return `bench run --resume ${id}${out === DEFAULT_OUT ? '' : ` -o ${out}`}`;
}

/** A folder that takes no more. */
export function unwrittenText(problem: string, id: string, out: string): string {
  return `bench: ${problem}
help: finished trials are kept; free some space, then resume with
      ${resumeLine(id, out)}
`;
}

/** Where the files are, and what to try next. */
export function linesAfter(
  { folder, out, look, simulated, config, reports, unfinished }: Hints,
  gates: readonly ThresholdResult[],
  columns: number,
): string {
  const elsewhere = out === DEFAULT_OUT ? '' : ` -o ${out}`;
  const hints: readonly (readonly [string, string])[] = [
    ['results', `${folder}/ matrix.md run.json trials.jsonl`],
    ...reports.map((path) => ['report', path] as const),
    ...(unfinished === null ? [] : [['resume', resumeLine(unfinished, out)] as const]),
    ...(look === null ? [] : [['look closer', `bench show latest ${look}${elsewhere}`] as const]),
    ['this table', `bench matrix latest${elsewhere}`],
    ...(simulated
      ? [['real models', config === null ? 'bench init' : 'bench run <suite> -m provider:model'] as const]
      : []),
  ];
  const width = Math.max(...hints.map(([title]) => title.length));
  return [
    '',
    ...gates.map(gateText),
    ...(gates.length > 0 ? [''] : []),
    ...hints.map(([title, text]) =>
      wrapText(`  ${title.padEnd(width)}  ${text}`, columns, ' '.repeat(width + 4)),
    ),
    '',
  ].join('\n');
}

/** A threshold that was missed is the reason of an exit code: it is data. */
export function missedLines(gates: readonly ThresholdResult[]): string {
  const missed = gates.filter(({ holds }) => !holds).map(gateText);
  return missed.length === 0 ? '' : `${missed.join('\n')}\n`;
}

function gateText({ threshold, candidate, value, holds }: ThresholdResult): string {
  const shown = thresholdText(threshold, value);
  return `  ${holds ? 'holds ' : 'MISSED'}  ${threshold.text}  ${candidate}: ${shown}`;
}

function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}

const CHANGED_SHOWN = 40;

/** What became of stored answers under today's scorers. */
export function changedLines(
  rescored: { readonly of: string; readonly answers: number; readonly changed: readonly Changed[] },
  columns: number,
): string {
  const { of, answers, changed } = rescored;
  const lines = changed
    .slice(0, CHANGED_SHOWN)
    .map(({ candidate, category, case: id, sample, before, after, why }) => {
      const text = `  ${category}/${id}  ${candidate} #${sample}  ${before ?? 'not judged'} → ${after ?? 'not judged'}  ${why ?? ''}`;
      return text.trimEnd().length > columns ? `${text.slice(0, columns - 1)}…` : text.trimEnd();
    });
  const more =
    changed.length > CHANGED_SHOWN ? [`  and ${changed.length - CHANGED_SHOWN} more (see --json)`] : [];
  const head = `${of}: ${count(answers, 'trial')} scored again, ${changed.length === 0 ? 'no verdict' : count(changed.length, 'verdict')} changed; nothing was sent`;
  return `${[head, ...lines, ...more].join('\n')}\n`;
}
