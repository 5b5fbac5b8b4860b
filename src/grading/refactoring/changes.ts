/** What was changed between two versions of a piece of code. */
import { diffArrays } from 'diff';
import type { Unit } from '../../domain/kinds/measures.js';

/**
 * How many statements were added or removed, and how many of them in functions of `scope`. Functions that are new belong
 * to it: they were taken out of others.
 */
export function changesIn(
  before: readonly Unit[],
  after: readonly Unit[],
  scope: readonly string[],
): { readonly all: number; readonly inScope: number; readonly outside: readonly string[] } {
  const old = new Map(before.map(({ name, statements }) => [name, statements]));
  const now = new Map(after.map(({ name, statements }) => [name, statements]));
  const outside: string[] = [];
  let all = 0;
  let inScope = 0;
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const changed = diffArrays([...(old.get(name) ?? [])], [...(now.get(name) ?? [])])
      .filter(({ added, removed }) => added || removed)
      .reduce((sum, { value }) => sum + value.length, 0);
    if (changed === 0) continue;
    all += changed;
    const belongs = !old.has(name) || scope.some((one) => name === one || name.startsWith(`${one}.`));
    if (belongs) inScope += changed;
    else outside.push(name === '' ? 'outside of functions' : name);
  }
  return { all, inScope, outside };
}
