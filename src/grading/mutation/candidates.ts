/** Candidate mutants: without those that a compiler finds equivalent to the subject. */
import { createRequire } from 'node:module';
import type { Mutation } from '../../domain/kinds/mutation.js';
import { mutated } from '../../domain/kinds/mutation.js';
import { javascriptGrammar, typescriptGrammar } from '../languages/grammars.js';
import { chooseMutations } from './choose-mutations.js';
import { javascriptMutations } from './javascript-mutations.js';
import { pythonMutations } from './python-mutations.js';

const load = createRequire(import.meta.url);

/** Languages that have operators. */
export const mutatedLanguages: readonly string[] = ['python', 'javascript', 'typescript'];

/** Some are found to be no faults: of twice as many, enough are left. */
const SPARE = 2;

/** At most `SPARE` times as many as are wanted. Of Python, what is equivalent is known to its compiler alone. */
export function mutationCandidates(language: string, code: string, most: number): readonly Mutation[] {
  const choose = (all: readonly Mutation[]) => chooseMutations(code, all, SPARE * most);
  switch (language) {
    case 'python':
      return choose(pythonMutations(code));
    case 'javascript':
      return distinct(code, choose(javascriptMutations(code, javascriptGrammar())), minified);
    case 'typescript':
      return distinct(code, choose(javascriptMutations(code, typescriptGrammar())), (text) =>
        minified(withoutTypes(text)),
      );
    default:
      return [];
  }
}

/** Without those that do not parse, are the code in other words, or are one another. `keyOf`: equal for equal code; throws for none. */
function distinct(
  code: string,
  mutations: readonly Mutation[],
  keyOf: (code: string) => string,
): readonly Mutation[] {
  const seen = new Set<string>();
  try {
    seen.add(keyOf(code));
  } catch {
    // The compiler knows less of the language than the sandbox: nothing is equivalent then.
    return mutations;
  }
  return mutations.filter((mutation) => {
    try {
      const key = keyOf(mutated(code, mutation));
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    } catch {
      return false;
    }
  });
}

function minified(code: string): string {
  const { minify_sync: minify } = load('terser') as typeof import('terser');
  return minify(code, { mangle: false, module: /^\s*(?:import|export)\b/m.test(code) }).code ?? '';
}

function withoutTypes(code: string): string {
  const { transformSync } = load('@swc/wasm-typescript') as typeof import('@swc/wasm-typescript');
  return transformSync(code, { mode: 'transform', module: true }).code;
}
