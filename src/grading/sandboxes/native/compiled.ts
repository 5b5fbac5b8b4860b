/** Compiled languages, natively: an answer is built once, in a sandbox of its own, and each of its runs has another one. */
import { createHash } from 'node:crypto';
import {
  type CallResult,
  type Execution,
  noMarks,
  type Program,
  type Raised,
} from '../../../domain/program.js';
import { harnessFile } from '../../harness.js';
import { TestsRefused } from '../../languages/typed/testing.js';
import { SignatureError } from '../../languages/typed/typed.js';
import type { Backend, SandboxEdges, SandboxWorker, SelfTest } from '../sandbox.js';
import { calledSchema } from '../wire.js';
import { asItLies } from './bubblewrap.js';
import { build, type Compiler, installedCompiler, OUT } from './compiler.js';
import { placeFiles } from './folders.js';
import { type Ended, runConfined } from './running.js';
import type { Toolchain } from './toolchain.js';

export function compiledBackend(toolchain: Toolchain): Backend {
  const { language } = toolchain;
  return {
    tier: 'native',
    languages: [language],
    selfTests: selfTests(toolchain),
    probe: async (edges) => (await installedCompiler(edges, toolchain)).description,
    async start(edges) {
      const compiler = await installedCompiler(edges, toolchain);
      return worker(edges, compiler);
    },
  };
}

function worker(edges: SandboxEdges, compiler: Compiler): SandboxWorker {
  return {
    description: compiler.description,
    async run(program) {
      try {
        return { execution: await execute(edges, compiler, program), fit: true };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return { execution: { kind: 'broken', why }, fit: true };
      }
    },
    close() {},
  };
}

async function execute(edges: SandboxEdges, compiler: Compiler, program: Program): Promise<Execution> {
  const { toolchain, bubblewrap } = compiler;
  const prepared = await prepare(edges, toolchain, program);
  if ('kind' in prepared) return prepared;
  const { files, tests, word } = prepared;
  const built = await build(edges, compiler, files);
  if (built.raised !== undefined) return { kind: 'not_loaded', raised: built.raised };
  const isScript = program.kind === 'script';
  const hasFiles = isScript && Object.keys(program.files).length > 0;
  const given = hasFiles ? await placeFiles(edges, compiler.cache, program.files) : null;
  try {
    const ended = await runConfined(edges, bubblewrap, {
      command: [...toolchain.run(OUT, program.limits, Object.keys(files)), ...(isScript ? program.args : [])],
      seen: [...compiler.homes.map(asItLies), { from: built.folder, to: OUT }],
      env: {
        PATH: '/usr/bin:/bin',
        HOME: '/home/guest',
        TZ: 'UTC',
        LANG: 'C.UTF-8',
        ...toolchain.runEnv?.(compiler.homes),
      },
      stdin: isScript ? program.stdin : program.kind === 'tests' && toolchain.readsWord === true ? word : '',
      given,
      limits: program.limits,
      ownBytes: toolchain.ownBytes,
      isTrusted: false,
    });
    return program.kind === 'tests' ? testedOf(ended, tests, word) : executionOf(program, ended);
  } finally {
    if (given !== null) await edges.files.remove(given);
  }
}

interface Prepared {
  readonly files: Readonly<Record<string, string>>;
  /** How many tests must have run; null: nobody counts. */
  readonly tests: number | null;
  /** What a program of tests says at its end. */
  readonly word: string;
}

/** The files to compile; or what comes of a program that has none. */
async function prepare(
  edges: SandboxEdges,
  toolchain: Toolchain,
  program: Program,
): Promise<Prepared | Execution> {
  const { typed, label } = toolchain;
  const broken = (why: string): Execution => ({ kind: 'broken', why });
  const harness = (name: string) => edges.files.readText(harnessFile(`drivers/${name}`));
  const whole = (files: Readonly<Record<string, string>>): Prepared => ({ files, tests: null, word: '' });
  try {
    switch (program.kind) {
      case 'script':
        return whole(toolchain.wholeProgram(program.code));
      case 'calls': {
        if (program.signature == null) return broken(`a table in ${label} needs the signature of its entry`);
        const signature = typed.parse(program.signature);
        return whole(typed.driver(await harness(typed.template), program.code, signature, program.calls));
      }
      case 'tests': {
        if (program.judge === 'isolated' || program.judge === 'subject')
          return broken(`${label} has one judge for tests: beside the answer`);
        const names = await Promise.all(
          toolchain.testFiles.map(async (name) => [name, await harness(name)] as const),
        );
        const word = createHash('sha256')
          .update(program.tests)
          .update(program.code)
          .digest('hex')
          .slice(0, 24);
        return { ...toolchain.tests(program.code, program.tests, word, Object.fromEntries(names)), word };
      }
      case 'queries':
        return broken('this is no SQL sandbox');
      default:
        return program satisfies never;
    }
  } catch (error) {
    if (error instanceof SignatureError) return broken(error.message);
    if (!(error instanceof TestsRefused)) throw error;
    if (!error.isAnswers) return broken(`the tests do not parse: ${error.message}`);
    return tested(false, null, { types: ['Tampered'], message: error.message, line: null }, null);
  }
}

const tested = (
  passed: boolean,
  assertions: number | null,
  raised: Raised | null,
  death: Extract<Execution, { kind: 'tested' }>['death'],
): Execution => ({ kind: 'tested', passed, assertions, raised, death, how: 'shared', marks: noMarks });

/** The word comes at the end of the tests and from nowhere else: an answer that ends the process does not know it. */
function testedOf(
  { frames, stdout, stderr, exit, death }: Ended,
  tests: number | null,
  word: string,
): Execution {
  if (death !== null) return tested(false, null, null, death);
  const line = frames.split('\n').find((one) => one.startsWith(`${word} `));
  const [, failed, count] = line?.split(' ') ?? [];
  const ran = Number(count ?? 0);
  const passed = failed === '0' && exit === 0 && (tests === null || ran === tests);
  // A `main` that fails by its status or a panic asserts nothing that could be counted.
  if (passed) return tested(true, tests === null && ran === 0 ? null : ran, null, null);
  const message = failureIn(`${stderr}\n${stdout}`);
  if (line === undefined && message === null)
    return tested(false, null, null, {
      how: 'exit',
      detail: `ended with status ${exit} before the tests did`,
    });
  return tested(
    false,
    ran,
    { types: ['TestFailure'], message: message ?? `${ran} of ${tests} tests ran`, line: null },
    null,
  );
}

/** Of what is printed, the line that says what failed: for people alone. */
function failureIn(printed: string): string | null {
  const said =
    /^.*assertion failed: .*$/m.exec(printed) ??
    /^test .* failed: .*$/m.exec(printed) ??
    /^\s*\S+_test\.go:\d+: .*$/m.exec(printed) ??
    /^panic: .*$/m.exec(printed) ??
    /^.*panicked at .*(?:\n.*)?$/m.exec(printed) ??
    /^terminate called .*$/m.exec(printed);
  return said === null
    ? null
    : said[0]
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ')
        .slice(0, 300);
}

function executionOf(program: Program, ended: Ended): Execution {
  const { stdout, stderr, exit, death } = ended;
  if (program.kind === 'script') return { kind: 'ran', stdout, stderr, exit, raised: null, death };
  const results: CallResult[] = [];
  const wanted = program.kind === 'calls' ? program.calls.length : 0;
  for (const line of ended.frames.split('\n').slice(0, wanted)) {
    const parsed = calledSchema.safeParse(jsonOf(line));
    // A line of an answer's own, or one that was cut: what follows it is not believed.
    if (!parsed.success) break;
    const { raised, value, argsAfter = [], stdout: printed } = parsed.data;
    if (raised !== undefined) results.push({ kind: 'raised', raised, stdout: printed });
    else results.push({ kind: 'returned', value: value ?? { t: 'null' }, argsAfter, stdout: printed });
  }
  if (results.length === wanted) return { kind: 'called', results, death: null };
  const said = stderr.trim().split('\n')[0]?.slice(0, 120) ?? '';
  const detail = `ended with status ${exit}${said === '' ? '' : ` (${said})`}`;
  return { kind: 'called', results, death: death ?? { how: 'exit', detail } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function selfTests({ language, example: code }: Toolchain): SelfTest[] {
  const limits = { timeMs: 20_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  return [
    {
      says: 'a program that prints, and ends with 3',
      program: { kind: 'script', language, code, stdin: '', args: [], files: {}, limits },
      holds: (done) => done.kind === 'ran' && done.stdout.trim() === 'ok' && done.exit === 3,
    },
  ];
}
