/** Which of many possible faults are tried: spread over lines and operators, the same ones on every machine. */
import { hashOf } from '../../domain/ids.js';
import type { Mutation } from '../../domain/kinds/mutation.js';

/**
 * At most `most`, in the order of the source. In each round every line gives one, of the operator that was used least so
 * far; among equals, chance decides, seeded by the code.
 */
export function chooseMutations(code: string, all: readonly Mutation[], most: number): readonly Mutation[] {
  if (all.length <= most) return all;
  const ranked = all
    .map((mutation) => ({ mutation, rank: hashOf([code, mutation.from, mutation.to, mutation.replacement]) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ mutation }) => mutation);
  const byLine = new Map<number, Mutation[]>();
  for (const mutation of ranked) {
    const line = lineOf(code, mutation.from);
    byLine.set(line, [...(byLine.get(line) ?? []), mutation]);
  }
  const used = new Map<string, number>();
  const chosen: Mutation[] = [];
  while (chosen.length < most) {
    for (const left of byLine.values()) {
      if (chosen.length === most) break;
      const next = leastUsed(left, used);
      if (next === null) continue;
      left.splice(left.indexOf(next), 1);
      used.set(next.operator, (used.get(next.operator) ?? 0) + 1);
      chosen.push(next);
    }
  }
  return chosen.sort((a, b) => a.from - b.from || a.to - b.to);
}

function leastUsed(left: readonly Mutation[], used: ReadonlyMap<string, number>): Mutation | null {
  let best: Mutation | null = null;
  const uses = ({ operator }: Mutation) => used.get(operator) ?? 0;
  for (const one of left) if (best === null || uses(one) < uses(best)) best = one;
  return best;
}

const lineOf = (code: string, offset: number): number => code.slice(0, offset).split('\n').length;
