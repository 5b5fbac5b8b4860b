/** A GitHub step summary: the verdict of the gate first, then who turned, then the matrix. */
import type { ComparedCandidate, Comparison } from '../domain/comparison.js';
import { metrics } from '../domain/metric.js';
import { embedded, escapedCell, markdownTable } from './markdown.js';
import type { ReportedRun, RunReport } from './report.js';
import { comparedBy, comparedText, intervalTitle } from './wording.js';

export const github: RunReport = { kind: 'github', file: 'summary.md', render };

/** A step's summary may hold 1 MiB, and nobody reads on for ever. */
const MOST_FLIPS = 50;

function render({ summary, comparison, thresholds }: ReportedRun): string {
  const missed = thresholds.filter(({ holds }) => !holds);
  const blocks = [
    ...(comparison === null ? [] : gateBlocks(comparison)),
    ...(missed.length === 0
      ? []
      : [
          missed
            .map(({ threshold, candidate, value }) => {
              const metric = metrics.find(({ key }) => key === threshold.metric);
              const said = value === null || metric === undefined ? 'not measured' : metric.format(value);
              return `- missed: \`${threshold.text}\`, ${escapedCell(candidate)}: ${said}`;
            })
            .join('\n'),
        ]),
    `### Capability matrix`,
    embedded(summary),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function gateBlocks(comparison: Comparison): string[] {
  const { baseline, candidates, settings, verdict } = comparison;
  const against = baseline.name ?? baseline.id;
  const title = {
    pass: 'The gate passes',
    warn: 'The gate passes with a warning',
    fail: 'The gate fails',
    inconclusive: 'The gate is inconclusive',
  }[verdict];
  const gated = candidates.flatMap((candidate) =>
    candidate.figures.filter(({ gated: counts }) => counts).map((figure) => ({ candidate, figure })),
  );
  const rows = gated.map(({ candidate, figure }) => {
    const { change, title: name } = comparedBy[figure.metric];
    const { low, high } = figure.change;
    return [
      `${candidate.simulated ? '~' : ''}${candidate.candidate}`,
      `${name}: ${comparedText(figure)}`,
      low === null || high === null ? '' : `${change(low)} to ${change(high)}`,
      figure.p_adjusted === null
        ? ''
        : figure.p_adjusted < 0.0001
          ? '<0.0001'
          : figure.p_adjusted.toPrecision(2),
      figure.reason === null ? figure.verdict : `${figure.verdict}: ${figure.reason}`,
    ];
  });
  return [
    `### ${title}`,
    `Against ${escapedCell(against)} (${baseline.started_at.slice(0, 10)}), alpha ${settings.alpha} over ${gated.length} ${gated.length === 1 ? 'test' : 'tests'}.`,
    markdownTable(['candidate', 'change', intervalTitle(settings), 'p', 'verdict'], rows),
    ...candidates.flatMap(flips),
  ];
}

function flips({ candidate, broken, cases }: ComparedCandidate): string[] {
  if (broken.length === 0) return [];
  const lines = broken.slice(0, MOST_FLIPS).map(({ category, case: id, before, after, why }) => {
    const reason = why === null ? '' : `: ${escapedCell(why)}`;
    return `- ${escapedCell(`${category}/${id}`)} ${before.passed}/${before.judged} → ${after.passed}/${after.judged}${reason}`;
  });
  const more = broken.length > MOST_FLIPS ? [`- and ${broken.length - MOST_FLIPS} more`] : [];
  const title = `${escapedCell(candidate)}: ${broken.length} of ${cases.both} cases turned from passing to failing`;
  return [`<details><summary>${title}</summary>\n\n${[...lines, ...more].join('\n')}\n\n</details>`];
}
