/**
 * `before` and `improve`: the answer is the code of `before`, refactored. Whether it still does the same is for a table or
 * tests to say; here it is measured what got better, each aim by itself, and how much was touched that should not be.
 */
import { z } from 'zod';
import type { Check } from '../../domain/grade.js';
import type { CodeMeasures } from '../../domain/kinds/measures.js';
import type { Json, JsonObject } from '../../domain/value.js';
import { changesIn } from '../refactoring/changes.js';
import { noCode } from './checks/static-check.js';
import { described } from './described.js';
import { definePairedScorer } from './scorer.js';

const target = z.union(
  [
    z.number().int().min(0),
    z.string().regex(/^(?:-\s*\d+(?:\.\d+)?\s*%|<=?\s*\d+)$/, { error: 'an aim like -30%, "<=2" or 2' }),
  ],
  { error: 'an aim like -30%, "<=2" or 2' },
);
const aim = (doc: string, example: string | number) => described(target.optional(), doc, example);
const names = (doc: string, example: readonly string[]) =>
  described(z.array(z.string().min(1)).min(1).optional(), doc, example);

const options = z
  .strictObject({
    complexity: aim('McCabe complexity of the most complex function.', '-30%'),
    nesting: aim('Depth of the deepest function.', '<=2'),
    length: aim('Lines of code of the longest function.', '<=20'),
    parameters: aim('Parameters of the function that has most.', '<=4'),
    duplicated_lines: aim('Lines that repeat three lines or more from further up.', 0),
    without: names('Keywords, names, functions, methods or modules that must be gone.', ['global']),
    with: names('Keywords, names, functions, methods or modules that must be there.', ['dataclass']),
    public_names: described(z.literal(true).optional(), 'Every public name is still defined.', true),
    scope: names('Functions that may change; functions that are new may be added.', ['total']),
  })
  .refine((aims) => Object.values(aims).some((value) => value !== undefined), 'at least one aim');
type Aims = z.infer<typeof options>;

const MEASURED = {
  complexity: (code: CodeMeasures) => code.complexity,
  nesting: (code: CodeMeasures) => code.nesting,
  length: (code: CodeMeasures) => code.length,
  parameters: (code: CodeMeasures) => code.parameters,
  duplicated_lines: (code: CodeMeasures) => code.duplicatedLines,
} as const;
const measured = Object.keys(MEASURED) as (keyof typeof MEASURED)[];

export const improve = definePairedScorer<Aims>({
  key: 'improve',
  version: 2,
  stands: 'case',
  doc: 'The answer is the code in `before`, refactored: what must be better afterwards. A table or tests say that it still does the same.',
  example: 'before: |\n  def total(rows): …\nimprove: { complexity: -30%, nesting: "<=2", length: "<=20" }',
  companion: {
    key: 'before',
    doc: 'The code that is to be refactored.',
    example: 'def total(rows): …',
  },
  required: false,
  needsCode: true,
  needsEntry: false,
  needsOneOf: ['table', 'tests', 'program'],
  options,
  stamp: ({ own, given }) => ({ before: given, improve: definedIn(own) }),
  passScore: () => 0.8,
  async judge({ own, given }, answer, { language }, tools, how): Promise<readonly Check[]> {
    const keys = Object.keys(own);
    const check = (name: string, { score, detail }: Finding): Check => ({
      name: `improve.${name}`,
      score,
      passed: score === 1,
      required: how.required,
      weight: how.weight / keys.length,
      detail,
    });
    if (answer.kind !== 'code' || language === null)
      return keys.map((key) => check(key, { score: 0, detail: noCode(answer) }));
    const [before, after] = [
      await tools.measure(language, given),
      await tools.measure(language, answer.code),
    ];
    return findingsOf(own, before, after).map(([name, finding]) => check(name, finding));
  },
});

const definedIn = (aims: Aims): JsonObject =>
  Object.fromEntries(
    Object.entries(aims).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

interface Finding {
  readonly score: number;
  /** Before, after and what was wanted. */
  readonly detail: string;
}

/** Each aim with what came of it, in the order of the aims. Code that was not changed reaches none. */
export function findingsOf(
  aims: Aims,
  before: CodeMeasures,
  after: CodeMeasures,
): readonly (readonly [string, Finding])[] {
  const isSame = before.structure === after.structure;
  const found: (readonly [string, Finding])[] = [];
  for (const key of measured) {
    const wanted = aims[key];
    if (wanted !== undefined) found.push([key, reached(MEASURED[key](before), MEASURED[key](after), wanted)]);
  }
  const { without, with: present, public_names: keepsNames, scope } = aims;
  if (without !== undefined)
    found.push(['without', share(without, (name) => !after.constructs.has(name), 'still there')]);
  if (present !== undefined)
    found.push(['with', share(present, (name) => after.constructs.has(name), 'missing')]);
  if (keepsNames === true)
    found.push([
      'public_names',
      share([...before.publicNames], (name) => after.publicNames.has(name), 'gone'),
    ]);
  if (scope !== undefined) found.push(['scope', purity(before, after, scope)]);
  return isSame ? found.map(([name]) => [name, { score: 0, detail: 'nothing was changed' }]) : found;
}

/** The way from before to what was wanted, as far as it was gone. */
function reached(before: number, after: number, wanted: number | string): Finding {
  const goal = goalOf(before, wanted);
  const score = after <= goal ? 1 : Math.max(0, (before - after) / (before - goal));
  return { score, detail: `before ${before}, after ${after}, wanted at most ${goal}` };
}

/** The largest value that reaches an aim. */
export function goalOf(before: number, wanted: number | string): number {
  if (typeof wanted === 'number') return wanted;
  const value = Number(/\d+(?:\.\d+)?/.exec(wanted)?.[0]);
  if (wanted.startsWith('<')) return wanted.startsWith('<=') ? value : value - 1;
  return Math.floor(before * (1 - value / 100) + 1e-9);
}

function share(all: readonly string[], holds: (name: string) => boolean, how: string): Finding {
  const lacking = all.filter((name) => !holds(name));
  return {
    score: all.length === 0 ? 1 : (all.length - lacking.length) / all.length,
    detail: lacking.length === 0 ? `all ${all.length}` : `${how}: ${lacking.join(', ')}`,
  };
}

function purity(before: CodeMeasures, after: CodeMeasures, scope: readonly string[]): Finding {
  const { all, inScope, outside } = changesIn(before.units, after.units, scope);
  const places = outside.length === 0 ? '' : `; also changed: ${outside.join(', ')}`;
  return { score: all === 0 ? 0 : inScope / all, detail: `${inScope} of ${all} changed statements${places}` };
}

/** Aims of a case that its code before reaches already: they ask for nothing. `stamped`: as its scoring holds them. */
export function reachedBefore(stamped: Json, before: CodeMeasures): readonly string[] {
  const own = z.object({ improve: options }).parse(stamped).improve;
  const numbers = measured.filter((key) => {
    const wanted = own[key];
    const now = MEASURED[key](before);
    return wanted !== undefined && now <= goalOf(now, wanted);
  });
  const gone = (own.without ?? [])
    .filter((name) => !before.constructs.has(name))
    .map((name) => `without ${name}`);
  const there = (own.with ?? []).filter((name) => before.constructs.has(name)).map((name) => `with ${name}`);
  return [...numbers, ...gone, ...there];
}
