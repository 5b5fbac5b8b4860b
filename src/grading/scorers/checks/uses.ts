/** Which functions are called and which modules imported: `forbids` and `requires`. */
import { z } from 'zod';
import type { CodeShape, Named, SeenCode } from '../../../domain/grade.js';
import { described } from '../described.js';
import { codeCheck } from './static-check.js';

const names = z.array(z.string().min(1)).min(1, 'at least one name');
const uses = z
  .strictObject({
    calls: described(
      names.optional(),
      'Functions, by their last name (`sort`, however it is reached) or with dots (`os.system`).',
      ['eval'],
    ),
    imports: described(names.optional(), 'Modules.', ['numpy']),
  })
  .refine(({ calls, imports }) => calls !== undefined || imports !== undefined, 'calls or imports');

type Uses = z.output<typeof uses>;

const stamp = ({ calls, imports }: Uses) => ({ calls: calls ?? [], imports: imports ?? [] });

/**
 * Where a function is called, or read under its own name: `f = eval` is a use of it, a parameter called eval is not. A
 * function that the code defines itself is used where it is called, so a recursive call counts.
 */
function usesOf(wanted: string, shape: CodeShape, free: ReadonlySet<string>): Named | undefined {
  const isOwn = shape.functions.some(({ name }) => name === wanted);
  const called = shape.calls.find(({ name }) =>
    wanted.includes('.') ? name === wanted : name.endsWith(`.${wanted}`) || (isOwn && name === wanted),
  );
  return called ?? (free.has(wanted) ? shape.reads.find(({ name }) => name === wanted) : undefined);
}

function usesIn({ calls = [], imports = [] }: Uses, { shape, free }: SeenCode) {
  return [
    ...calls.map((name) => ({ what: `${name}()`, at: usesOf(name, shape, free) })),
    ...imports.map((wanted) => ({
      what: `import ${wanted}`,
      at: shape.imports.find(({ name }) => name === wanted),
    })),
  ];
}

export const forbids = codeCheck<Uses>({
  key: 'forbids',
  version: 2,
  doc: 'None of these functions is used, none of these modules imported.',
  example: 'checks:\n  - { forbids: { calls: [eval, sorted], imports: [re] }, required: true }',
  options: uses,
  stamp,
  judge(wanted, seen) {
    const found = usesIn(wanted, seen).filter(({ at }) => at !== undefined);
    if (found.length === 0) return { score: 1, detail: null };
    const places = found.map(({ what, at }) => `${what} (line ${at?.line})`);
    return { score: 0, detail: `forbidden: ${places.join(', ')}` };
  },
});

export const requires = codeCheck<Uses>({
  key: 'requires',
  version: 2,
  doc: 'Each of these functions is used, each of these modules imported. Scored by the share that is.',
  example: 'checks:\n  - { requires: { imports: [collections] } }',
  options: uses,
  stamp,
  judge(wanted, seen) {
    const all = usesIn(wanted, seen);
    const missing = all.filter(({ at }) => at === undefined);
    if (missing.length === 0) return { score: 1, detail: null };
    const detail = `missing: ${missing.map(({ what }) => what).join(', ')}`;
    return { score: (all.length - missing.length) / all.length, detail };
  },
});
