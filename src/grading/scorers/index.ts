import type { Scorer } from './scorer.js';
import { table } from './table.js';
import { tests } from './tests.js';

/** In the order of the docs and of a case's checks. */
export const scorers: readonly Scorer[] = [table, tests];
