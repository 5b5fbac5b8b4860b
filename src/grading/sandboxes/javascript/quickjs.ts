/**
 * JavaScript in WebAssembly: QuickJS in a child process with no environment and no file but its own, a new realm for
 * each program. Tests and answer have a realm each, in instances of their own. TypeScript loses its types in the child
 * (swc, in WebAssembly too: no answer is parsed by the host's process) and is JavaScript from there on.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { z } from 'zod';
import { within } from '../../../world/deadline.js';
import { harnessFile } from '../../harness.js';
import { openFrames } from '../frames.js';
import type { Backend, SandboxEdges, SandboxWorker } from '../sandbox.js';
import {
  answerSchema,
  asItIs,
  deathOfThrown,
  diedOf,
  executionOf,
  requestOf,
  strip,
  withoutLines,
  withoutTypes,
} from './protocol.js';
import { javascriptSelfTests } from './self-tests.js';

const childFile = harnessFile('quickjs-child.mjs');

const START_LIMIT_MS = 60_000;
/** The interpreter stops itself at the limit; loops inside it do not listen and are killed this much later. */
const GRACE_MS = 300;

const readySchema = z.object({ ready: z.literal(true), description: z.string() });

export const quickjs: Backend = {
  tier: 'wasm',
  probe: async () => '',
  languages: ['javascript', 'typescript'],
  selfTests: [...javascriptSelfTests('javascript'), ...javascriptSelfTests('typescript')],
  start,
};

async function start({ processes, clock }: SandboxEdges): Promise<SandboxWorker> {
  const require = createRequire(import.meta.url);
  const core = require.resolve('quickjs-emscripten-core').replace(/\.js$/, '.mjs');
  const variant = require.resolve('@jitl/quickjs-wasmfile-release-sync').replace(/\.js$/, '.mjs');
  const stripper = require.resolve('@swc/wasm-typescript');
  const wasm = `${dirname(variant)}/emscripten-module.wasm`;
  const permission =
    Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission';
  // Both packages and what they share lie in one folder of packages.
  const packages = dirname(dirname(dirname(core)));
  const flags = [
    permission,
    '--no-warnings',
    // Its own JavaScript makes little garbage: the young generation's room, in MB, would be held for nothing.
    '--max-semi-space-size=1',
    // For the thread that ends the child when we are gone.
    '--allow-worker',
    '--disallow-code-generation-from-strings',
    `--allow-fs-read=${dirname(childFile)}/*`,
    `--allow-fs-read=${packages}/*`,
    `--allow-fs-read=${dirname(stripper)}/*`,
  ];
  const args = [childFile, core, variant, wasm, stripper, String(processes.pid)];
  const child = processes.spawn(processes.node, [...flags, ...args], { env: { TZ: 'UTC' } });
  const channel = openFrames(child);
  try {
    const { description } = readySchema.parse(
      await within(clock, START_LIMIT_MS, null, () => channel.next()),
    );
    /** What takes types away takes a while to load, and is loaded for those who have any. */
    let stripsTypes = false;
    const worker: SandboxWorker = {
      description: `wasm: ${description}`,
      close: child.kill,
      async run(program) {
        const { timeMs, memoryBytes, outputBytes } = program.limits;
        const isTyped = program.language === 'typescript';
        if (isTyped && !stripsTypes) {
          try {
            await within(clock, START_LIMIT_MS, null, () => strip('', channel));
            stripsTypes = true;
          } catch (error) {
            return { execution: { kind: 'broken', why: `swc does not start: ${error}` }, fit: false };
          }
        }
        try {
          const execution = await within(clock, timeMs + GRACE_MS, null, async () => {
            const stripped = isTyped ? await withoutTypes(program, channel) : asItIs(program);
            if ('execution' in stripped) return stripped.execution;
            channel.send({ ...requestOf(stripped.program), timeMs, memoryBytes, outputBytes });
            const execution = executionOf(program, answerSchema.parse(await channel.next()));
            return stripped.moved ? withoutLines(execution) : execution;
          });
          return { execution, fit: true };
        } catch (error) {
          const death = deathOfThrown(error, timeMs);
          if (death !== null) return { execution: diedOf(program, death), fit: false };
          return { execution: { kind: 'broken', why: String(error) }, fit: false };
        }
      },
    };
    return worker;
  } catch (error) {
    child.kill();
    const said = child.output().trim().split('\n').slice(-3).join(' ');
    throw new Error(
      `QuickJS did not start: ${error instanceof Error ? error.message : error}. ${said}`.trim(),
    );
  }
}
