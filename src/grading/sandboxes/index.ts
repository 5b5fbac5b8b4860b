import { pyodide } from './pyodide.js';
import { quickjs, quickjsTypescript } from './quickjs.js';
import type { Backend } from './sandbox.js';

/** One a language: where its answers run. */
export const backends: readonly Backend[] = [pyodide, quickjs, quickjsTypescript];
