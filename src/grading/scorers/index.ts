import { docstring } from './docstring.js';
import { maxComplexity } from './max-complexity.js';
import { maxLines } from './max-lines.js';
import { maxNesting } from './max-nesting.js';
import { mutation } from './mutation.js';
import { matches, textMatches } from './patterns.js';
import { program } from './program.js';
import type { Scorer } from './scorer.js';
import { sql } from './sql.js';
import { table } from './table.js';
import { tests } from './tests.js';
import { typeHints } from './type-hints.js';
import { forbids, requires } from './uses.js';

/** In the order of the docs and of a case's checks. */
export const scorers: readonly Scorer[] = [
  table,
  tests,
  program,
  sql,
  mutation,
  typeHints,
  docstring,
  maxComplexity,
  maxNesting,
  maxLines,
  forbids,
  requires,
  matches,
  textMatches,
];
