/** The grammars, each read with the first code in it: their tables are large, and prose and matrices need none. */
import { createRequire } from 'node:module';
import type { LRParser } from '@lezer/lr';

const load = createRequire(import.meta.url);

export const pythonGrammar = once(() => (load('@lezer/python') as typeof import('@lezer/python')).parser);
export const javascriptGrammar = once(
  () => (load('@lezer/javascript') as typeof import('@lezer/javascript')).parser,
);
export const goGrammar = once(() => (load('@lezer/go') as typeof import('@lezer/go')).parser);
export const rustGrammar = once(() => (load('@lezer/rust') as typeof import('@lezer/rust')).parser);
export const javaGrammar = once(() => (load('@lezer/java') as typeof import('@lezer/java')).parser);
export const cppGrammar = once(() => (load('@lezer/cpp') as typeof import('@lezer/cpp')).parser);
export const typescriptGrammar = once(() => javascriptGrammar().configure({ dialect: 'ts' }));

function once(make: () => LRParser): () => LRParser {
  let made: LRParser | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
