/**
 * Programs that the sandboxes judge in a second, once warm, per language and way of judging, and what the whole tree of
 * processes holds; as ratios to the table of the same language.
 *
 *   npm run bench:grade [-- --programs 400]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '../../dist/grading/sandboxes/index.js';
import { openSandboxes } from '../../dist/grading/sandboxes/sandbox.js';
import { realClock } from '../../dist/world/clock.js';
import { realFiles } from '../../dist/world/files.js';
import { realProcesses } from '../../dist/world/processes.js';

const print = (line) => process.stdout.write(`${line}\n`);
const at = process.argv.indexOf('--programs');
const PROGRAMS = at < 0 ? 400 : Number(process.argv[at + 1]);
const SLOTS = availableParallelism();

const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
const python = `from typing import List

def f(numbers: List[int], limit: int = 10) -> List[int]:
    """The numbers below the limit, each once, in order."""
    seen = set()
    result = []
    for number in numbers:
        if number < limit and number not in seen:
            seen.add(number)
            result.append(number)
    return sorted(result)
`;
const javascript = `function f(numbers, limit = 10) {
  const seen = new Set();
  const result = [];
  for (const number of numbers) {
    if (number < limit && !seen.has(number)) {
      seen.add(number);
      result.push(number);
    }
  }
  return result.sort((a, b) => a - b);
}
`;
const typescript = javascript
  .replace('(numbers, limit = 10)', '(numbers: readonly number[], limit: number = 10): number[]')
  .replace('new Set()', 'new Set<number>()')
  .replace('const result = []', 'const result: number[] = []');
const codes = { python, javascript, typescript };
const tests = {
  python: Array.from({ length: 7 }, (_, n) => `assert f([3, 1, 3, ${n}, 12]) == sorted({3, 1, ${n}})`).join(
    '\n',
  ),
  javascript: Array.from(
    { length: 7 },
    (_, n) => `assert.deepEqual(f([3, 1, 3, ${n}, 12]), [...new Set([3, 1, ${n}])].sort((a, b) => a - b));`,
  ).join('\n'),
};
tests.typescript = tests.javascript;

const list = (...items) => ({ t: 'list', v: items.map((item) => ({ t: 'int', v: String(item) })) });
const programOf = (language, kind, number) => {
  // No two alike, as no two answers are.
  const code = `${codes[language]}${language === 'python' ? '#' : '//'} ${number}\n`;
  const base = { language, code, limits };
  if (kind !== 'calls') return { ...base, kind: 'tests', tests: tests[language], entry: 'f', judge: kind };
  const calls = Array.from({ length: 7 }, (_, n) => ({
    entry: 'f',
    of: 'answer',
    keeps: false,
    args: [list(3, 1, 3, n, 12)],
    kwargs: {},
  }));
  return { ...base, kind: 'calls', calls };
};

const edges = {
  clock: realClock,
  files: realFiles,
  processes: realProcesses,
  cacheFolders: [join(import.meta.dirname, '../../dist/.cache'), join(tmpdir(), 'codegen-bench-test')],
  wheels: [],
  native: {
    toolchains: {},
    path: process.env.PATH,
    home: { HOME: process.env.HOME ?? '' },
    folder: import.meta.dirname,
    isUnconfined: false,
  },
};

async function rate(tools, language, kind, programs) {
  const startMs = performance.now();
  let next = 0;
  const worker = async () => {
    for (let number = next++; number < programs; number = next++) {
      const execution = await tools.run(programOf(language, kind, number));
      const held = execution.kind === 'tested' ? execution.passed : execution.results?.length === 7;
      if (!held) throw new Error(JSON.stringify(execution));
    }
  };
  await Promise.all(Array.from({ length: SLOTS }, worker));
  return (programs * 1000) / (performance.now() - startMs);
}

/** Proportional set size of this process and all below it, in MB; null where /proc does not tell. */
function treeMegabytes() {
  try {
    const parents = new Map();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const ppid = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        parents.set(Number(name), Number(ppid));
      } catch {}
    }
    const isOurs = (pid) => pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid)));
    let kilobytes = 0;
    for (const pid of [...parents.keys()].filter(isOurs)) {
      kilobytes += Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    }
    return kilobytes / 1024;
  } catch {
    return null;
  }
}

const plain = { python: ['python3', 'program.py'], javascript: ['node', 'program.mjs'] };

/** Mean ms of so many, one after the other. */
async function oneByOne(count, work) {
  for (let number = 0; number < 3; number++) await work(number);
  const startMs = performance.now();
  for (let number = 0; number < count; number++) await work(number);
  return (performance.now() - startMs) / count;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-plain-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function freshly([command, file], language, number) {
  const head = language === 'python' ? '' : "import assert from 'node:assert/strict';\n";
  writeFileSync(
    join(folder, file),
    `${head}${programOf(language, 'calls', number).code}\n${tests[language]}\n`,
  );
  const { status, stderr } = spawnSync(command, [join(folder, file)]);
  if (status !== 0) throw new Error(String(stderr));
}

print(`${PROGRAMS} programs with seven assertions or rows each, ${SLOTS} at a time, once warm\n`);
const interpreted = [
  ['wasm', 'python'],
  ['wasm', 'javascript'],
  ['wasm', 'typescript'],
  ['native', 'python'],
];
const title = (tier, language) => (tier === 'wasm' ? language : `${language} (native)`).padEnd(16);

/** Whether this machine can; says why not. */
async function canRun(tier, language) {
  const backend = backends.find((one) => one.tier === tier && one.languages.includes(language));
  try {
    await backend.probe(edges);
    return true;
  } catch (error) {
    print(`${title(tier, language)} not here: ${error.message}`);
    return false;
  }
}

for (const [tier, language] of interpreted) {
  if (!(await canRun(tier, language))) continue;
  const sandboxes = openSandboxes(backends, SLOTS, edges, () => {});
  const tools = sandboxes.in(tier);
  const startMs = performance.now();
  await tools.run(programOf(language, 'calls', 0));
  const firstMs = performance.now() - startMs;
  const kinds = ['calls', 'shared', 'isolated'];
  for (const kind of kinds) await rate(tools, language, kind, 20 * SLOTS);
  const rates = [];
  for (const kind of kinds) rates.push(await rate(tools, language, kind, PROGRAMS));
  const [table, shared, isolated] = rates;
  const held = treeMegabytes();
  const perSecond = (n) => `${n.toFixed(0).padStart(5)}/s (${(n / table).toFixed(2)}x)`;
  print(
    `${title(tier, language)} table ${table.toFixed(0).padStart(5)}/s   tests, shared ${perSecond(shared)}, isolated ${perSecond(isolated)}` +
      `   first verdict ${firstMs.toFixed(0)} ms   ${held === null ? '' : `${held.toFixed(0)} MB`}`,
  );
  // One at a time, both: what a verdict costs beside a fresh process of the language.
  const ours = await oneByOne(PROGRAMS / 4, (number) => tools.run(programOf(language, 'shared', number)));
  const second = await oneByOne(PROGRAMS / 4, (number) => tools.run(programOf(language, 'isolated', number)));
  const process = plain[language];
  const fresh =
    process === undefined ? null : await oneByOne(20, (number) => freshly(process, language, number));
  if (fresh !== null) {
    // What passes in JavaScript is asked of both judges.
    const verdict = language === 'python' ? ours : ours + second;
    print(
      `${''.padEnd(16)} a verdict ${verdict.toFixed(1)} ms, a fresh ${process[0]} ${fresh.toFixed(1)} ms: ${(verdict / fresh).toFixed(2)}x`,
    );
  }
  await sandboxes.close();
}

// --- Compiled languages: a build and a run each, beside the same by hand -------------------------------------------------

const compiled = {
  go: {
    code: (n) => `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(${n}) }\n`,
    file: 'main.go',
    bare: 'go build -o program main.go && ./program',
  },
  rust: {
    code: (n) => `fn main() { println!("{}", ${n}); }\n`,
    file: 'main.rs',
    bare: 'rustc -Copt-level=1 -o program main.rs && ./program',
  },
  java: {
    code: (n) => `public class Main { public static void main(String[] a) { System.out.println(${n}); } }\n`,
    file: 'Main.java',
    bare: 'javac Main.java && java Main',
  },
  cpp: {
    code: (n) => `#include <iostream>\nint main() { std::cout << ${n} << "\\n"; }\n`,
    file: 'main.cpp',
    bare: 'g++ -std=c++20 -O1 -o program main.cpp && ./program',
  },
};
for (const [language, { code, file, bare }] of Object.entries(compiled)) {
  if (!(await canRun('native', language))) continue;
  const sandboxes = openSandboxes(backends, SLOTS, edges, () => {});
  const tools = sandboxes.in('native');
  const seed = Math.floor(performance.now() * 1000);
  const judge = async (number) => {
    const program = {
      kind: 'script',
      language,
      code: code(seed + number),
      stdin: '',
      args: [],
      files: {},
      limits,
    };
    const execution = await tools.run(program);
    if (execution.stdout?.trim() !== String(seed + number)) throw new Error(JSON.stringify(execution));
  };
  const byHand = (number) => {
    writeFileSync(join(folder, file), code(seed + number));
    const { stdout } = spawnSync('sh', ['-c', bare], { cwd: folder });
    if (String(stdout).trim() !== String(seed + number)) throw new Error(`${language} by hand: ${stdout}`);
  };
  const ours = await oneByOne(8, judge);
  const hand = await oneByOne(8, byHand);
  const again = await oneByOne(8, async () => judge(0));
  print(
    `${title('native', language)} built and run ${ours.toFixed(0)} ms, by hand ${hand.toFixed(0)} ms: ${(ours / hand).toFixed(2)}x; run again ${again.toFixed(0)} ms`,
  );
  await sandboxes.close();
}
