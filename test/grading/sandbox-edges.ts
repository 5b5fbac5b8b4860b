// The real edges, for tests of the real sandboxes.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../../src/domain/program.js';
import type { Value } from '../../src/domain/value.js';
import { nativePython } from '../../src/grading/sandboxes/native/python.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { type Backend, openSandboxes, type Sandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { realClock } from '../../src/world/clock.js';
import { realFiles } from '../../src/world/files.js';
import { realProcesses } from '../../src/world/processes.js';

export const edges = {
  clock: realClock,
  files: realFiles,
  processes: realProcesses,
  cacheFolders: [join(import.meta.dirname, '../../dist/.cache'), join(tmpdir(), 'codegen-bench-test')],
  wheels: [],
  native: {
    toolchains: {},
    path: process.env['PATH'],
    home: { HOME: process.env['HOME'] ?? '' },
    folder: import.meta.dirname,
    isUnconfined: false,
  },
};

export const canConfine = spawnSync('bwrap', ['--ro-bind', '/', '/', 'true']).status === 0;
const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;

/** Why native Python is not tested here; empty: it is. */
export const noNativePython = [
  ...(canConfine ? [] : ['bubblewrap is missing, or may make no sandbox here']),
  ...(hasPython ? [] : ['Python 3.10 or later is missing']),
].join('; ');

/** Where Python runs: what holds in one of them holds in all. */
export const pythons: readonly (readonly [tier: string, backend: Backend])[] = [
  ['wasm', pyodide],
  ...(noNativePython === '' ? [['native', nativePython] as const] : []),
];

export function openOne(backend: Backend): Sandboxes {
  const opened = openSandboxes([backend], 2, edges, () => {});
  return { ...opened, ...opened.in(backend.tier) };
}

export const limits = { timeMs: 5000, memoryBytes: 256 * 1024 ** 2, outputBytes: 64 * 1024 };

export const int = (v: number): Value => ({ t: 'int', v: String(v) });
export const str = (v: string): Value => ({ t: 'str', v });
export const list = (...v: Value[]): Value => ({ t: 'list', v });

export function calls(
  language: string,
  code: string,
  entry: string,
  ...args: readonly (readonly Value[])[]
): Program {
  return {
    kind: 'calls',
    language,
    code,
    calls: args.map((given) => ({ entry, of: 'answer', keeps: false, args: given, kwargs: {} })),
    limits,
  };
}

export function tests(
  language: string,
  code: string,
  source: string,
  entry: string | null = null,
  judge: 'shared' | 'watched' | 'isolated' = 'isolated',
): Program {
  return { kind: 'tests', language, code, tests: source, entry, limits, judge };
}
