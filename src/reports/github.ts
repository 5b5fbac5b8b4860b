/** A GitHub step summary: the verdict of the gate first, then who turned, then the matrix. */
import type { ComparedCandidate, Comparison } from '../domain/comparison.js';
import { embedded, escapedCell, markdownTable } from './markdown.js';
import type { ReportedRun, RunReport } from './report.js';
import { comparedBy, comparedText, intervalTitle, thresholdText } from './wording.js';

export const github: RunReport = { kind: 'github', file: 'summary.md', render };

/** Of one candidate: nobody reads on for ever. */
const MOST_FLIPS = 50;
const LONGEST_REASON = 300;
/** GitHub shows nothing of a step's summary above 1 MiB, and other commands may add to it. */
const MOST_BYTES = 900_000;

function render({ summary, comparison, thresholds }: ReportedRun): string {
  const missed = thresholds
    .filter(({ holds }) => !holds)
    .map(
      ({ threshold, candidate, value }) =>
        `- missed: \`${threshold.text}\`, ${escapedCell(candidate)}: ${thresholdText(threshold, value)}`,
    );
  const gates = [
    ...(comparison === null ? [] : gateBlocks(comparison)),
    ...(missed.length === 0 ? [] : [missed.join('\n')]),
  ];
  const matrix = within(MOST_BYTES - bytesOf(gates), [`### Capability matrix`, ...embedded(summary, 'bars')]);
  const room = MOST_BYTES - bytesOf(gates) - bytesOf(matrix);
  const turned = within(room, (comparison?.candidates ?? []).flatMap(flips));
  return `${[...gates, ...turned, ...matrix].join('\n\n')}\n`;
}

/** Blocks that fit, each whole; what is left out is said. */
function within(most: number, blocks: readonly string[]): readonly string[] {
  let bytes = 0;
  const shown = blocks.filter((block) => {
    const own = bytesOf([block]);
    if (bytes + own > most) return false;
    bytes += own;
    return true;
  });
  const left = blocks.length - shown.length;
  if (left === 0) return shown;
  const parts = `${left} ${left === 1 ? 'part is' : 'parts are'} left out here`;
  return [...shown, `${parts}: the page of a job holds 1 MB. The run's folder has all of it.`];
}

const bytesOf = (blocks: readonly string[]): number =>
  blocks.reduce((sum, block) => sum + Buffer.byteLength(block) + 2, 0);

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
  ];
}

function flips({ candidate, broken, cases }: ComparedCandidate): string[] {
  if (broken.length === 0) return [];
  const lines = broken.slice(0, MOST_FLIPS).map(({ category, case: id, before, after, why }) => {
    const reason = why === null ? '' : `: ${escapedCell(shortened(why))}`;
    return `- ${escapedCell(`${category}/${id}`)} ${before.passed}/${before.judged} → ${after.passed}/${after.judged}${reason}`;
  });
  const more = broken.length > MOST_FLIPS ? [`- and ${broken.length - MOST_FLIPS} more`] : [];
  const title = `${escapedCell(candidate)}: ${broken.length} of ${cases.both} cases turned from passing to failing`;
  return [`<details><summary>${title}</summary>\n\n${[...lines, ...more].join('\n')}\n\n</details>`];
}

const shortened = (text: string): string =>
  text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
