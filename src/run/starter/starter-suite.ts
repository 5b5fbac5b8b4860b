/** The first suite of a new user: three cases from easy to hard, in one language, each with its solution and a wrong answer. */

export const starterLanguages = ['python', 'typescript', 'javascript'] as const;
export type StarterLanguage = (typeof starterLanguages)[number];

interface Written {
  readonly entry: string;
  readonly solution: string;
  /** What a weaker model writes. */
  readonly wrong: string;
}

interface StarterCase {
  readonly id: string;
  readonly category: string;
  readonly prompt: (entry: string) => string;
  readonly rows: readonly string[];
  readonly in: Readonly<Record<StarterLanguage, Written>>;
}

export function starterSuite(language: StarterLanguage, models: readonly string[]): string {
  return `# A first suite. Every key: bench schema suite
name: starter
description: Three small tasks from easy to hard. Replace them with your own.
seed: 2 # of simulated models: the same answers on every machine
defaults:
  language: ${language}
  system: You write production code. Answer with the complete code in one fenced block.
  params: { temperature: 0.2, max_tokens: 1024 }
models: [${models.map((name) => JSON.stringify(name)).join(', ')}]
cases:
${starterCases.map((one) => caseText(one, language)).join('\n')}`;
}

function caseText(
  { id, category, prompt, rows, in: written }: StarterCase,
  language: StarterLanguage,
): string {
  const { entry, solution, wrong } = written[language];
  return `  - id: ${id}
    category: ${category}
    prompt: |
${indented(prompt(entry), 6)}
    entry: ${entry}
    table:
${rows.map((row) => `      - ${row}`).join('\n')}
    solution: |
${indented(solution, 6)}
    wrong: # answers that must fail: bench validate proves that the table catches them
      - |
${indented(wrong, 8)}
`;
}

function indented(text: string, by: number): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
    .join('\n');
}

const slugify: StarterCase = {
  id: 'slugify',
  category: 'simple',
  prompt: (entry) => `Write a function \`${entry}(text)\` that turns a title into the last part of a URL.
Letters become lower case. Each run of characters other than a-z and 0-9 becomes one dash.
There is no dash at either end.`,
  rows: [
    '{ args: ["Hello, World!"], returns: "hello-world" }',
    '{ args: ["already-a-slug"], returns: "already-a-slug" }',
    '{ args: ["  Rock & Roll  "], returns: "rock-roll" }',
    '{ args: ["v2.0 (beta)"], returns: "v2-0-beta" }',
    '{ args: [""], returns: "" }',
    '{ args: ["???"], returns: "" }',
  ],
  in: {
    python: {
      entry: 'slugify',
      solution: `
import re

def slugify(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")`,
      wrong: `
def slugify(text):
    return text.lower().strip().replace(" ", "-")`,
    },
    javascript: {
      entry: 'slugify',
      solution: `
function slugify(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}`,
      wrong: `
function slugify(text) {
  return text.toLowerCase().trim().replaceAll(" ", "-");
}`,
    },
    typescript: {
      entry: 'slugify',
      solution: `
function slugify(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}`,
      wrong: `
function slugify(text: string): string {
  return text.toLowerCase().trim().replaceAll(" ", "-");
}`,
    },
  },
};

const mergeRanges: StarterCase = {
  id: 'merge-ranges',
  category: 'moderate',
  prompt: (
    entry,
  ) => `Write a function \`${entry}(ranges)\`. A range is a list of two numbers, its start and its end.
Return the ranges merged where they overlap or touch, sorted by start. Do not change the argument.`,
  rows: [
    '{ args: [[[1, 3], [2, 5]]], returns: [[1, 5]] }',
    '{ args: [[[1, 2], [2, 4]]], returns: [[1, 4]] }',
    '{ args: [[[8, 9], [1, 2]]], returns: [[1, 2], [8, 9]] }',
    '{ args: [[[1, 10], [2, 3], [4, 5]]], returns: [[1, 10]] }',
    '{ args: [[]], returns: [] }',
  ],
  in: {
    python: {
      entry: 'merge_ranges',
      solution: `
def merge_ranges(ranges):
    merged = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged`,
      wrong: `
def merge_ranges(ranges):
    merged = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = end
        else:
            merged.append([start, end])
    return merged`,
    },
    javascript: {
      entry: 'mergeRanges',
      solution: `
function mergeRanges(ranges) {
  const merged = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}`,
      wrong: `
function mergeRanges(ranges) {
  const merged = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else merged.push([start, end]);
  }
  return merged;
}`,
    },
    typescript: {
      entry: 'mergeRanges',
      solution: `
function mergeRanges(ranges: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}`,
      wrong: `
function mergeRanges(ranges: [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else merged.push([start, end]);
  }
  return merged;
}`,
    },
  },
};

const splitCsv: StarterCase = {
  id: 'split-csv-line',
  category: 'complex',
  prompt: (entry) => `Write a function \`${entry}(line)\` that splits one line of CSV into its fields.
Fields are separated by commas. A field in double quotes may hold commas; two double quotes inside of it stand for one.
Spaces belong to their field. An empty line has one empty field.`,
  rows: [
    `{ args: ["a,b,c"], returns: ["a", "b", "c"] }`,
    `{ args: ['x,"a, b",y'], returns: ["x", "a, b", "y"] }`,
    `{ args: ['"say ""hi""",2'], returns: ['say "hi"', "2"] }`,
    `{ args: [",,"], returns: ["", "", ""] }`,
    `{ args: ['""'], returns: [""] }`,
    `{ args: [""], returns: [""] }`,
    `{ args: ["a, b"], returns: ["a", " b"] }`,
  ],
  in: {
    python: {
      entry: 'split_csv_line',
      solution: `
def split_csv_line(line):
    fields, field, quoted, i = [], "", False, 0
    while i < len(line):
        char = line[i]
        if quoted:
            if char == '"' and line[i + 1 : i + 2] == '"':
                field += '"'
                i += 1
            elif char == '"':
                quoted = False
            else:
                field += char
        elif char == '"':
            quoted = True
        elif char == ",":
            fields.append(field)
            field = ""
        else:
            field += char
        i += 1
    return fields + [field]`,
      wrong: `
def split_csv_line(line):
    return [field.strip('"') for field in line.split(",")]`,
    },
    javascript: {
      entry: 'splitCsvLine',
      solution: `
function splitCsvLine(line) {
  const fields = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (quoted && char === '"' && line[i + 1] === '"') {
      field += '"';
      i += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) {
      fields.push(field);
      field = "";
    } else field += char;
  }
  return [...fields, field];
}`,
      wrong: `
function splitCsvLine(line) {
  return line.split(",").map((field) => field.replace(/^"|"$/g, ""));
}`,
    },
    typescript: {
      entry: 'splitCsvLine',
      solution: `
function splitCsvLine(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (quoted && char === '"' && line[i + 1] === '"') {
      field += '"';
      i += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === "," && !quoted) {
      fields.push(field);
      field = "";
    } else field += char;
  }
  return [...fields, field];
}`,
      wrong: `
function splitCsvLine(line: string): string[] {
  return line.split(",").map((field) => field.replace(/^"|"$/g, ""));
}`,
    },
  },
};

const starterCases: readonly StarterCase[] = [slugify, mergeRanges, splitCsv];
