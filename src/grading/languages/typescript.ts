import { typescriptGrammar } from './grammars.js';
import { factsOf, javascript, joinBody } from './javascript.js';
import { javascriptShape } from './javascript-shape.js';
import type { Language } from './language.js';

export const typescript: Language = {
  name: 'typescript',
  // Every JavaScript is TypeScript.
  fenceNames: ['typescript', 'ts', 'mts', 'cts', 'tsx', ...javascript.fenceNames],
  facts: (code) => factsOf(code, typescriptGrammar(), true),
  shape: (code) => javascriptShape(code, typescriptGrammar()),
  stub: (entry) => `function ${entry}(...args: unknown[]): unknown {\n  return undefined;\n}\n`,
  garbage: (entry) => `function ${entry}(...args: unknown[]): any {\n  return 7919;\n}\n`,
  withPrelude: javascript.withPrelude,
  joinBody: (signature, body) => joinBody(signature, body, typescriptGrammar()),
};
