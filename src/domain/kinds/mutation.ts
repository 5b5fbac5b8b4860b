/** Small faults that are put into code, to see whether tests notice them. */

/** One fault: a stretch of the source, and what stands there instead. */
export interface Mutation {
  /** What kind of fault: `comparison`, `ConditionalExpression`. */
  readonly operator: string;
  /** Offsets in the source. */
  readonly from: number;
  readonly to: number;
  readonly replacement: string;
}

/**
 * `timeout` counts as killed, if the code without the fault was quick. Not counted: `stillborn` (does not load),
 * `unkillable` (the case's own tests do not notice it either), `unclear` (neither passed nor failed).
 */
export const mutantStatuses = [
  'killed',
  'timeout',
  'survived',
  'stillborn',
  'unkillable',
  'unclear',
] as const;
export type MutantStatus = (typeof mutantStatuses)[number];

/** A fault and what became of it. */
export interface MutantRecord extends Mutation {
  readonly status: MutantStatus;
}

export const mutated = (code: string, { from, to, replacement }: Mutation): string =>
  code.slice(0, from) + replacement + code.slice(to);

export const isKilled = ({ status }: MutantRecord): boolean => status === 'killed' || status === 'timeout';

/** Whether it is one that tests can be expected to notice. */
export const isKillable = (mutant: MutantRecord): boolean => isKilled(mutant) || mutant.status === 'survived';

/** Its lines before and after, from the first that it changes to the last. */
export function linesOf(
  code: string,
  mutant: Mutation,
): { readonly line: number; readonly before: string; readonly after: string } {
  const start = code.lastIndexOf('\n', mutant.from - 1) + 1;
  const next = code.indexOf('\n', mutant.to);
  const end = next < 0 ? code.length : next;
  return {
    line: code.slice(0, start).split('\n').length,
    before: code.slice(start, end),
    after: code.slice(start, mutant.from) + mutant.replacement + code.slice(mutant.to, end),
  };
}

/** `line 4: x < y → x <= y`, in one line. */
export function mutantText(code: string, mutant: Mutation): string {
  const { line, before, after } = linesOf(code, mutant);
  const short = (text: string) => {
    const one = text.trim().replaceAll(/\s*\n\s*/g, ' ');
    return one.length > 60 ? `${one.slice(0, 60)}…` : one;
  };
  return `line ${line}: ${short(before)} → ${short(after)}`;
}
