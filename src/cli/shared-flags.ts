/** Flags that several commands take. */
import type { Flag } from './flags.js';

/** Which cases are asked of whom: the same words wherever a run is planned. */
export const planning: readonly Flag[] = [
  {
    name: '-m, --model <name>',
    doc: 'Candidate: a name, provider:model, reference or stub',
    repeats: true,
  },
  { name: '-r, --rotation <name>', doc: 'Candidate: a rotation', repeats: true },
  { name: '-n, --samples <n>', doc: 'Answers per case and candidate (default: 1, or as the suite says)' },
  {
    name: '-c, --category <name>',
    doc: 'Only cases of this category',
    repeats: true,
    values: ['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs'],
  },
  { name: '--case <glob>', doc: 'Only cases whose id matches', repeats: true },
  { name: '-j, --concurrency <n>', doc: 'Requests in flight per model (default: 8)' },
  { name: '--config <file>', doc: 'Configuration (default: bench.yaml, if it exists)' },
  { name: '--allow-outside', doc: 'Let suites name files outside their folder' },
  { name: '--env-file <file>', doc: 'Variables to read (default: .env); the environment wins' },
  { name: '--seed <n>', doc: 'Seed for order, jitter and simulated models' },
];

/** What a comparison allows: of `compare`, and of `run --baseline`. */
export const comparing: readonly Flag[] = [
  {
    name: '--alpha <share>',
    doc: 'Significance level of the gate, all comparisons together (default: 0.05)',
  },
  {
    name: '--max-drop <points>',
    doc: 'Largest acceptable drop, in percentage points: 6, success=3, quality=0.3, latency=20%',
    repeats: true,
  },
  { name: '--min-effect <points>', doc: 'Ignore drops of the pass rate smaller than this (default: 0)' },
  {
    name: '--min-coverage <share>',
    doc: "Share of the baseline's cases and answers that must be judged (default: 0.9)",
  },
  { name: '--allow-mismatch', doc: 'Compare even if suites, scorers or sandboxes differ' },
  { name: '--allow-inconclusive', doc: 'Exit 0 when the result is inconclusive' },
];
