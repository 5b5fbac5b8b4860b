import { quickjs } from './javascript/quickjs.js';
import { compiledBackend } from './native/compiled.js';
import { nativeNode } from './native/node.js';
import { nativePython } from './native/python.js';
import { toolchains } from './native/toolchains/index.js';
import { pyodide } from './python/pyodide.js';
import type { Backend } from './sandbox.js';
import { sqlite } from './sqlite.js';

/** Where answers run, each for one language or more. */
export const backends: readonly Backend[] = [
  pyodide,
  quickjs,
  sqlite,
  nativePython,
  nativeNode,
  ...toolchains.map(compiledBackend),
];
