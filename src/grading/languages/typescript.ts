import { parser as anyDialect } from '@lezer/javascript';
import { factsOf, javascript, joinBody } from './javascript.js';
import { javascriptShape } from './javascript-shape.js';
import type { Language } from './language.js';

const parser = anyDialect.configure({ dialect: 'ts' });

export const typescript: Language = {
  name: 'typescript',
  // Every JavaScript is TypeScript.
  fenceNames: ['typescript', 'ts', 'mts', 'cts', 'tsx', ...javascript.fenceNames],
  facts: (code) => factsOf(code, parser).facts,
  shape: (code) => javascriptShape(code, parser),
  stub: (entry) => `function ${entry}(...args: unknown[]): unknown {\n  return undefined;\n}\n`,
  garbage: (entry) => `function ${entry}(...args: unknown[]): any {\n  return 7919;\n}\n`,
  withImports: javascript.withImports,
  joinBody: (signature, body) => joinBody(signature, body, parser),
};
