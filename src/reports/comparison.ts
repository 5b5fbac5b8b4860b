/** A comparison as a person reads it: per gated figure who got worse by how much, how sure that is, and by which cases. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { ComparedMetric } from '../domain/compare-settings.js';
import type {
  ComparedCandidate,
  ComparedFigure,
  ComparedTrials,
  ComparedVerdict,
  Comparison,
  Flip,
} from '../domain/comparison.js';
import { formatShare } from '../domain/units.js';
import { plainTable, tableText } from './plain-table.js';
import { comparedBy, intervalTitle } from './wording.js';
import { shortened, wrapText } from './wrap-text.js';

interface Style {
  readonly colour: boolean;
  readonly columns: number;
}

const FLIPS_SHOWN = 5;
const ONE_RUN =
  'Variation from run to run is not covered: that takes a baseline of several runs (bench baseline add).';

export function renderComparison(comparison: Comparison, { colour, columns }: Style): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const { candidates } = comparison;
  const gated = [
    ...new Set(candidates.flatMap(({ figures }) => figures.filter(isGated).map(({ metric }) => metric))),
  ];
  const blocks = [
    wrapText(headOf(comparison), columns),
    ...comparison.mismatches.map((text) => wrapText(`! not the same measure: ${text}`, columns)),
    ...gated.map((metric) => gateTable(comparison, metric, columns, chalk)),
    besideTable(candidates, new Set(gated), columns, chalk),
    ...candidates.flatMap((candidate) => flips(candidate, comparison, columns)),
    ...unmatched(comparison).map((text) => wrapText(text, columns)),
    ...stoppedText(comparison).map((text) => wrapText(text, columns)),
    comparison.baseline.runs > 1 ? '' : chalk.dim(wrapText(ONE_RUN, columns)),
    ...(candidates.some(({ simulated }) => simulated)
      ? [
          chalk.magenta(
            wrapText('~ Simulated models: their answers, speeds and limits are made up.', columns),
          ),
        ]
      : []),
    verdictText(comparison, gated.length * candidates.length, chalk, columns),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function isGated({ gated }: ComparedFigure): boolean {
  return gated;
}

function headOf({ suites, candidates, baseline, run }: Comparison): string {
  const cases = suites.map(({ name, cases: count }) => `${name} · ${count} cases`).join(', ');
  const samples = Math.max(1, ...candidates.map((candidate) => candidate.samples));
  const before =
    baseline.name === null ? baseline.id : `${baseline.name} (${baseline.started_at.slice(0, 10)})`;
  const runs = baseline.runs > 1 ? `, ${baseline.runs} runs` : '';
  return `${cases}${samples > 1 ? ` x ${samples} samples` : ''} · baseline ${before}${runs} → ${run.id}`;
}

function nameOf({ candidate, baseline_candidate: before, simulated }: ComparedCandidate): string {
  const mark = simulated ? '~' : '';
  return before === candidate ? `${mark}${candidate}` : `${mark}${before} → ${candidate}`;
}

function gateTable(
  { candidates, settings }: Comparison,
  metric: ComparedMetric,
  columns: number,
  chalk: ChalkInstance,
): string {
  const { title, value, change, points } = comparedBy[metric];
  const few = candidates.map(
    ({ figures }) => figures.find((figure) => figure.metric === metric)?.change.n ?? 0,
  );
  const usual = Math.max(0, ...few);
  const nameWidth = Math.max(12, Math.floor(columns / 3));
  const table = plainTable(
    ['', `${title} n=${usual}`, 'change', intervalTitle(settings), 'p', 'verdict'],
    (text) => chalk.bold(text),
  );
  const below: string[][] = [];
  for (const candidate of candidates) {
    const figure = candidate.figures.find((one) => one.metric === metric);
    if (figure === undefined) continue;
    const { before, after, change: changed, p_adjusted: p, verdict, reason } = figure;
    const n = changed.n === usual ? '' : ` n=${changed.n}`;
    const interval =
      changed.low === null || changed.high === null
        ? ''
        : `${endText(change, changed.low, metric)} to ${endText(change, changed.high, metric)}`;
    table.push([
      shortened(nameOf(candidate), nameWidth),
      before === null || after === null ? 'n/a' : `${value(before)} → ${value(after)}${n}`,
      changed.value === null ? '' : change(changed.value),
      interval,
      p === null || changed.value === null ? '' : pText(p),
      verdictWord(verdict, chalk),
    ]);
    below.push([
      ...sentencesOf(reason, figure, settings.max_drop[metric], points),
      ...(metric === 'pass_rate' ? [...ofAskedText(candidate), ...identicalText(candidate)] : []),
    ]);
  }
  const [head = '', ...lines] = tableText(table).trimEnd().split('\n');
  const rows = lines.flatMap((line, index) => [
    line,
    ...(below[index] ?? []).map((text) => chalk.dim(wrapText(`    ${text}`, columns, '    '))),
  ]);
  return [head, ...rows].join('\n');
}

function sentencesOf(
  reason: string | null,
  { verdict, change, samples_needed: needed, samples_needed_both: both }: ComparedFigure,
  asked: number | undefined,
  points: (value: number) => string,
): string[] {
  const first = reason === null ? [] : [asked === undefined ? reason : `${reason} (${points(asked)})`];
  if (verdict !== 'inconclusive' || asked === undefined) return first;
  return [
    ...first,
    ...(change.low === null || change.low >= 0 ? [] : [`the drop may be as large as ${points(-change.low)}`]),
    needed !== null
      ? `if nothing has changed, ${needed} samples a case pass four times out of five: -n ${needed}`
      : both !== null
        ? `if nothing has changed, ${both} samples a case on both sides pass: this baseline has too few`
        : 'a hundred samples would not settle it: it takes more cases',
  ];
}

/** Where answers are missing: what did not come passed nothing. */
function ofAskedText({ trials: { baseline, run } }: ComparedCandidate): string[] {
  const isWhole = (side: ComparedTrials) => side.judged === side.asked;
  if (isWhole(baseline) && isWhole(run)) return [];
  const [before, after] = [baseline.passed_of_asked, run.passed_of_asked];
  return before === null || after === null
    ? []
    : [
        `passed of asked, missing answers counted as not passed: ${formatShare(before)} → ${formatShare(after)}`,
      ];
}

function identicalText({ identical }: ComparedCandidate): string[] {
  return identical === undefined
    ? []
    : [`all samples of ${identical} ${identical === 1 ? 'case were' : 'cases were'} one text: counted once`];
}

/** An end that is on one side of no change says so, however near it is. */
function endText(change: (value: number) => string, end: number, metric: ComparedMetric): string {
  const text = change(end);
  const beyond = metric === 'latency' ? end - 1 : end;
  return beyond === 0 || /^[+−]/.test(text) ? text : `${beyond < 0 ? '−' : '+'}${text}`;
}

/** What no gate was asked for: shown, without a verdict. */
function besideTable(
  candidates: readonly ComparedCandidate[],
  gated: ReadonlySet<ComparedMetric>,
  columns: number,
  chalk: ChalkInstance,
): string {
  const beside = (['success_rate', 'quality', 'latency'] as const).filter((metric) => !gated.has(metric));
  if (beside.length === 0) return '';
  const table = plainTable(['not gated', ...beside.map((metric) => comparedBy[metric].title)], (text) =>
    chalk.bold(text),
  );
  const nameWidth = Math.max(12, Math.floor(columns / 3));
  for (const candidate of candidates) {
    table.push([
      shortened(nameOf(candidate), nameWidth),
      ...beside.map((metric) => {
        const figure = candidate.figures.find((one) => one.metric === metric);
        if (figure === undefined || figure.before === null || figure.after === null) return 'n/a';
        const { value, change } = comparedBy[metric];
        const { low, high } = figure.change;
        const interval = low === null || high === null ? '' : ` (${change(low)} to ${change(high)})`;
        return `${value(figure.before)} → ${value(figure.after)}${chalk.dim(interval)}`;
      }),
    ]);
  }
  return tableText(table).trimEnd();
}

function flips(candidate: ComparedCandidate, { baseline, run }: Comparison, columns: number): string[] {
  const blocks: string[] = [];
  const { broken, mended, cases } = candidate;
  const [first] = broken;
  if (first !== undefined) {
    const title = `Turned from passing to failing (${nameOf(candidate)}): ${broken.length} of ${cases.both} cases`;
    blocks.push(
      [
        wrapText(title, columns),
        ...flipLines(broken, columns),
        ...(broken.length > FLIPS_SHOWN ? [`  and ${broken.length - FLIPS_SHOWN} more`] : []),
        `  both answers: bench show ${baseline.id} ${first.category}/${first.case}`,
        `                bench show ${run.id} ${first.category}/${first.case}`,
      ].join('\n'),
    );
  }
  if (mended.length > 0) {
    const names = mended.slice(0, FLIPS_SHOWN).map(({ category, case: id }) => `${category}/${id}`);
    const more = mended.length > names.length ? ` and ${mended.length - names.length} more` : '';
    blocks.push(
      wrapText(`Turned from failing to passing (${nameOf(candidate)}): ${names.join(', ')}${more}`, columns),
    );
  }
  return blocks;
}

function flipLines(broken: readonly Flip[], columns: number): string[] {
  const shown = broken.slice(0, FLIPS_SHOWN);
  const names = shown.map(({ category, case: id }) =>
    shortened(`${category}/${id}`, Math.floor(columns / 3)),
  );
  const width = Math.max(...names.map((name) => name.length));
  return shown.map(({ before, after, why }, index) => {
    const rates = `${before.passed}/${before.judged} → ${after.passed}/${after.judged}`;
    return cut(`  ${(names[index] ?? '').padEnd(width)}  ${rates}  ${why ?? ''}`.trimEnd(), columns);
  });
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
}

function unmatched({ missing, added }: Comparison): string[] {
  return [
    ...(missing.length > 0 ? [`In the baseline only, and not compared: ${missing.join(', ')}.`] : []),
    ...(added.length > 0 ? [`In the run only, and not compared: ${added.join(', ')}.`] : []),
  ];
}

function stoppedText({ stopped_early: stopped }: Comparison): string[] {
  if (stopped === undefined) return [];
  const { trials, planned, why } = stopped;
  return [`Stopped early, at ${trials} of ${planned} trials: ${why}. The figures are of those.`];
}

function verdictText(
  { candidates, settings }: Comparison,
  tests: number,
  chalk: ChalkInstance,
  columns: number,
): string {
  const by = (wanted: ComparedVerdict) => candidates.filter(({ verdict }) => verdict === wanted).length;
  const failed = by('fail');
  const unsure = by('inconclusive');
  const warned = by('warn');
  const over = tests > 1 ? ` over ${tests} tests, Holm` : '';
  const how = `alpha ${settings.alpha}${over}`;
  const say = (count: number, text: string) => `${count} ${count === 1 ? 'candidate' : 'candidates'} ${text}`;
  if (failed > 0) {
    return chalk.red(wrapText(`${say(failed, failed === 1 ? 'fails' : 'fail')} the gate (${how}).`, columns));
  }
  if (unsure > 0) return chalk.yellow(wrapText(`${say(unsure, 'inconclusive')} (${how}).`, columns));
  const aside = warned > 0 ? ` ${say(warned, warned === 1 ? 'is' : 'are')} worse by what may be chance.` : '';
  return wrapText(`The gate holds (${how}).${aside}`, columns);
}

function verdictWord(verdict: ComparedVerdict, chalk: ChalkInstance): string {
  switch (verdict) {
    case 'fail':
      return chalk.red('FAIL');
    case 'warn':
    case 'inconclusive':
      return chalk.yellow(verdict);
    case 'pass':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

/** `0.31`, `0.0004`, `<0.0001`. */
function pText(p: number): string {
  if (p < 0.0001) return '<0.0001';
  return p < 0.01 ? p.toFixed(4) : p.toFixed(2);
}
