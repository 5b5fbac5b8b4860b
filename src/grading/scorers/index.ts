import { docstring } from './checks/docstring.js';
import { maxComplexity } from './checks/max-complexity.js';
import { maxLines } from './checks/max-lines.js';
import { maxNesting } from './checks/max-nesting.js';
import { matches, textMatches } from './checks/patterns.js';
import { typeHints } from './checks/type-hints.js';
import { forbids, requires } from './checks/uses.js';
import { document } from './document.js';
import { improve } from './improve.js';
import { judge } from './judge.js';
import { mutation } from './mutation.js';
import { program } from './program.js';
import type { Scorer } from './scorer.js';
import { sql } from './sql.js';
import { table } from './table.js';
import { tests } from './tests.js';

/** In the order of the docs and of a case's checks. */
export const scorers: readonly Scorer[] = [
  table,
  tests,
  program,
  sql,
  mutation,
  improve,
  document,
  judge,
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
