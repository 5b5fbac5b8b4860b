/** A recommendation as a person reads it: champions with their evidence, a model for each category, the front, a rotation. */
import { Chalk } from 'chalk';
import {
  type Champion,
  type Expected,
  type FrontPoint,
  type Objective,
  type Recommendation,
  type RotationAdvice,
  TOO_FEW_BY_CATEGORY,
  tradeOffs,
} from '../domain/recommendation.js';
import { formatDuration, formatShare, formatUsd } from '../domain/units.js';
import { plainTable, tableText } from './plain-table.js';
import { wrapText } from './wrap-text.js';

interface Style {
  readonly colour: boolean;
  readonly columns: number;
}

export function renderRecommendation(advice: Recommendation, { colour, columns }: Style): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const mark = advice.simulated ? '~' : '';
  const blocks = [
    champions(advice.champions, mark, columns, chalk.bold),
    categories(advice, mark, columns),
    frontText(advice.front, mark, columns),
    ...(advice.rotation === null
      ? ['rotation     none: fewer than two models']
      : [rotationText(advice.rotation, advice.wishes.objective, mark, columns)]),
    advice.behind
      .map(({ candidate, why }) =>
        wrapText(`behind       ${mark}${candidate}: ${why}`, columns, ' '.repeat(LABEL)),
      )
      .join('\n'),
    advice.left_out
      .map(({ candidate, why }) =>
        wrapText(`left out     ${mark}${candidate}: ${why}`, columns, ' '.repeat(LABEL)),
      )
      .join('\n'),
    advice.simulated
      ? chalk.magenta(wrapText('~ Simulated models: their answers, speeds and limits are made up.', columns))
      : '',
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const LABEL = 13;

function champions(
  list: readonly Champion[],
  mark: string,
  columns: number,
  strong: (text: string) => string,
): string {
  const width = Math.max(
    0,
    ...list.map(({ champion }) => (champion === null ? 0 : mark.length + champion.length)),
  );
  return list
    .map((one) => {
      const indent = ' '.repeat(LABEL);
      const label = one.use.padEnd(LABEL);
      if (one.champion !== null) {
        const name = `${mark}${one.champion}`;
        const line = wrapText(`${label}${name.padEnd(width)}  ${one.evidence}`, columns, indent);
        return line.replace(name, () => strong(name));
      }
      if (one.tied.length === 0) return wrapText(`${label}nobody: ${one.evidence}`, columns, indent);
      const names = one.tied.map((name) => `${mark}${name}`).join(', ');
      return wrapText(
        `${label}tied: ${names} (${[one.evidence, ...moreText(one)].join('; ')})`,
        columns,
        indent,
      );
    })
    .join('\n');
}

function moreText({ more }: Champion): string[] {
  if (more === null || (more.cases === null && more.samples === null)) return [];
  const cases = more.cases === null ? [] : [`${more.cases} more cases`];
  const samples = more.samples === null ? [] : [`${more.samples} samples each`];
  const needed = [...cases, ...samples];
  const wanted = needed.length > 1 ? `${needed.join(', or ')},` : needed.join('');
  return [`${wanted} would separate the first two if the difference is real`];
}

function categories({ categories: list }: Recommendation, mark: string, columns: number): string {
  if (list.length === 0) return '';
  const drawn = plainTable(['category', 'first', 'then', 'why']);
  for (const { category, first, fallbacks, why } of list) {
    const then = fallbacks.map((name) => `${mark}${name}`).join(' → ');
    drawn.push([
      category,
      `${mark}${first}`,
      then === '' ? '–' : then,
      why === TOO_FEW_BY_CATEGORY ? '*' : why,
    ]);
  }
  const isShort = list.some(({ why }) => why === TOO_FEW_BY_CATEGORY);
  const text = isShort ? `${tableText(drawn).trimEnd()}\n* ${TOO_FEW_BY_CATEGORY}` : tableText(drawn);
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      wrapText(
        line.replaceAll(/ {2,}/g, (gap) => gap.replaceAll(' ', NARROW)),
        columns,
      ).replaceAll(NARROW, ' '),
    )
    .join('\n');
}

/** Keeps the gaps of a table while its lines are wrapped. */
const NARROW = '\u00a0';

function frontText(front: readonly FrontPoint[], mark: string, columns: number): string {
  const points = front
    .filter((point) => point.on_front)
    .sort((a, b) => b.quality - a.quality)
    .map(({ candidate, quality, p50_ms: ms, cost_usd: usd }) => {
      const figures = [
        quality.toFixed(1),
        ...(ms === null ? [] : [formatDuration(ms)]),
        ...(usd === null ? [] : [formatUsd(usd)]),
      ];
      return `${mark}${candidate} (${figures.join(', ')})`;
    });
  const what = 'quality, p50 and cost per answer; no other is better in one and as good in the rest';
  return points.length === 0
    ? ''
    : wrapText(`Pareto front ${points.join(' · ')}: ${what}`, columns, ' '.repeat(LABEL));
}

function rotationText(
  { models, expected, instead, given, trials, limits_unknown: unknown }: RotationAdvice,
  objective: Objective,
  mark: string,
  columns: number,
): string {
  const indent = ' '.repeat(LABEL);
  const named = models.map((name) => `${mark}${name}`).join(' → ');
  const lines = [
    `rotation     ${named}`,
    `${indent}expected of ${trials} trials: ${expectedText(expected)} (simulated, from these runs' figures and limits)`,
    `${indent}why ${mark}${models[0]} first: with ${mark}${instead.models[0]} first it is ${expectedText(instead.expected)} (${tradeOffText(objective)})`,
    ...given.map((one) =>
      one.models.join('\n') === models.join('\n')
        ? `${indent}the same as ${mark}${one.name}`
        : `${indent}${mark}${one.name} as it is: ${expectedText(one.expected)}`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          `${indent}limits of ${unknown.map((name) => `${mark}${name}`).join(', ')} are unknown: refusals are simulated as random`,
        ]),
  ];
  return lines.map((line) => wrapText(line, columns, indent)).join('\n');
}

/** "balanced: half the p50 counts as 3 points of the pass rate, half the cost as 1 point". */
function tradeOffText(objective: Objective): string {
  const { latency, cost, answered } = tradeOffs[objective];
  const points = (share: number) => `${100 * share} ${share === 0.01 ? 'point' : 'points'}`;
  const rules = [
    ...(answered > 0 ? [`a point of the success rate counts as ${answered} of the pass rate`] : []),
    ...(latency >= LEAST_TRADED ? [`half the p50 counts as ${points(latency)} of the pass rate`] : []),
    ...(cost >= LEAST_TRADED ? [`half the cost counts as ${points(cost)} of the pass rate`] : []),
  ];
  return `${objective}: ${rules.length === 0 ? 'the pass rate decides' : rules.join(', ')}`;
}

/** What is traded for less only settles ties. */
const LEAST_TRADED = 0.01;

function expectedText({
  success_rate: success,
  passed,
  p50_ms: p50,
  p90_ms: p90,
  cost_usd: cost,
}: Expected): string {
  const range = (text: (value: number) => string, low: number | null, high: number | null) =>
    low === null || high === null || text(low) === text(high) ? '' : ` (${text(low)}–${text(high)})`;
  const figures = [
    `${formatShare(success.value ?? 0)} answered${range(formatShare, success.low, success.high)}`,
    `${formatShare(passed.value ?? 0)} passed`,
    ...(p50.value === null
      ? []
      : [`p50 ${formatDuration(p50.value)}${range(formatDuration, p50.low, p50.high)}`]),
    ...(p90.value === null ? [] : [`p90 ${formatDuration(p90.value)}`]),
    ...(cost === null ? [] : [`${formatUsd(cost)} per answer`]),
  ];
  return figures.join(', ');
}
