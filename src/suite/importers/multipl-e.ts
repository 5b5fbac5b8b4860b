/**
 * MultiPL-E (Cassano et al. 2023, MultiPL-E: A Scalable and Polyglot Approach to Benchmarking Neural Code Generation;
 * https://github.com/nuprl/MultiPL-E, BSD 3-Clause with restrictions on machine learning). A record is the beginning of a
 * program up to the body of a function, and the rest of the program, which asserts; it has no solution.
 */
import { z } from 'zod';
import type { ImportedCase, Importer } from './importer.js';
import { readRecords } from './records.js';

const record = z.object({
  name: z.string().min(1),
  language: z.string(),
  prompt: z.string(),
  tests: z.string(),
});
type Task = z.infer<typeof record>;

/** What the benchmark calls them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  cpp: 'cpp',
  rs: 'rust',
  java: 'java',
  go: 'go',
  'go_test.go': 'go',
  js: 'javascript',
  ts: 'typescript',
};
const LABELS: Readonly<Record<string, string>> = {
  cpp: 'C++',
  rust: 'Rust',
  java: 'Java',
  go: 'Go',
  javascript: 'JavaScript',
  typescript: 'TypeScript',
};
const COMPILED = new Set(['cpp', 'rust', 'java', 'go']);

export const multiplE: Importer = {
  format: 'multipl-e',
  read(bytes, file) {
    const tasks = readRecords(bytes, file, record);
    if (!tasks.ok) return tasks;
    const foreign = tasks.value.find(({ language }) => LANGUAGES[language] === undefined);
    if (foreign !== undefined) {
      const message = `${file}: ${foreign.name} is in ${foreign.language}, which bench does not run`;
      const help = `it runs ${Object.keys(LANGUAGES).join(', ')}`;
      return { ok: false, diagnostics: [{ code: 'suite/unknown-language', message, help }] };
    }
    const named = [...new Set(tasks.value.map(({ language }) => LANGUAGES[language] ?? ''))];
    return {
      ok: true,
      value: {
        name: `multipl-e-${named.join('-')}`,
        description:
          'MultiPL-E: functions from their signatures and comments. From https://github.com/nuprl/MultiPL-E, see its licence; see Cassano et al. 2023, MultiPL-E: A Scalable and Polyglot Approach to Benchmarking Neural Code Generation. It has no solutions: its cases are not proved.',
        ...(named.some((language) => COMPILED.has(language)) ? { sandbox: 'native' as const } : {}),
        defaults: { category: 'simple' },
        cases: tasks.value.map(caseOf),
      },
    };
  },
};

function caseOf(task: Task): ImportedCase {
  const language = LANGUAGES[task.language] ?? '';
  const { head, asked } = splitPrompt(task.prompt, language);
  const what = language === 'java' ? 'the whole class' : 'the whole function';
  return {
    id: task.name,
    language,
    prompt: `Complete this ${LABELS[language]} function. Answer with ${what}, and what it needs above it, in one fenced code block.\n\n\`\`\`${language}\n${asked.trimEnd()}\n\`\`\`\n`,
    entry: entryOf(task, language),
    ...(head === '' ? {} : { prelude: head }),
    tests: testsOf(task, language, head),
  };
}

/** What stands above: imports, which an answer need not repeat, and what a reader is shown. */
function splitPrompt(prompt: string, language: string): { readonly head: string; readonly asked: string } {
  if (language === 'go') {
    // In Go, an import that is not used is a mistake: those of the tests are no part of the answer.
    return {
      head: '',
      asked: prompt.replace(/^package[^\n]*\n\s*(?:import\s*(?:\([^)]*\)|"[^"]*")\s*)*/, ''),
    };
  }
  const pattern = { cpp: /^(?:\s*#\s*include[^\n]*\n)+/, java: /^(?:\s*import[^\n]*;\n)+/ }[language];
  const found = pattern?.exec(prompt)?.[0] ?? '';
  // A library of its own, which few of its tasks use.
  const head = /\b(?:Pair|Triplet|Unit|Quartet)\b/.test(prompt)
    ? found
    : found.replace(/^import org\.javatuples\.\*;\n/m, '');
  return { head, asked: `${head}${prompt.slice(found.length)}` };
}

/** As its tests call it. */
function entryOf({ name, prompt, tests }: Task, language: string): string {
  if (language === 'java') return /\bstatic\s+[^(\n]*?(\w+)\s*\([^\n]*\{\s*$/.exec(prompt)?.[1] ?? name;
  return /\bcandidate\s*:?=\s*(\w+)\s*;?\s*$/m.exec(tests)?.[1] ?? name.replace(/^[^_]*_\d+_/, '');
}

/** The rest of the program, as a program of its own. */
function testsOf({ tests }: Task, language: string, head: string): string {
  switch (language) {
    case 'java': {
      const main = tests.replace(/^\s*\}\s*\n/, '').replace(/\}\s*$/, '');
      return `${head}class MultiPlETests extends Problem {\n${main.trimEnd()}\n}\n`;
    }
    case 'go':
      return `package main\n\nimport (\n\t"fmt"\n\t"testing"\n)\n\n${tests.replace(/^\s*\}\s*\n/, '').replace(/func main\(\)\s*\{\s*\}\s*$/, '')}`;
    case 'cpp':
    case 'rust':
      return tests.replace(/^\s*\}\s*\n/, '');
    default:
      return tests;
  }
}
