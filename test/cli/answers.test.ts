/** Right code in what models put around it, cut-off answers, checks and JUnit: each row through the command, with its siblings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, trialsIn } from './bench.js';
import { serve } from './endpoint.js';

const python = 'def f(x):\n    return x + 1';
const javascript = 'function f(x) {\n  return x + 1;\n}';
const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\``;
const channel = (name: string, text: string) => `<|channel|>${name}<|message|>${text}<|end|>`;

/** Kind, language, and what the model says; the code in it is right. */
const right: [string, 'python' | 'javascript' | 'typescript', string][] = [
  ['the closing fence on the line of the code', 'python', `\`\`\`python\n${python}\`\`\``],
  ['the closing fence on the line of the code', 'javascript', `\`\`\`js\n${javascript}\`\`\``],
  [
    'the closing fence on the line of the code',
    'python',
    `Here you are:\n\n~~~python\n${python}~~~\n\nIt adds one.`,
  ],

  ['the opening fence behind words', 'python', `Sure! \`\`\`python\n${python}\n\`\`\``],
  [
    'the opening fence behind words',
    'javascript',
    `The function: \`\`\`javascript\n${javascript}\n\`\`\`\nDone.`,
  ],
  [
    'the opening fence behind words',
    'typescript',
    `Sure ~~~ts\nfunction f(x: number) {\n  return x + 1;\n}\n~~~`,
  ],

  ['a fence that only closes', 'python', `${python}\n\`\`\``],
  ['a fence that only closes', 'python', `${python}\n~~~`],
  ['a fence that only closes', 'javascript', `${javascript}\n\`\`\`\n`],

  ['special tokens at the end', 'python', `${fence('python', python)}<|im_end|>`],
  ['special tokens at the end', 'javascript', `${fence('js', javascript)}\n</s>`],
  ['special tokens at the end', 'python', `${python}<|eot_id|>`],
  ['special tokens at the end', 'python', `${python}\n<|endoftext|>`],

  [
    'marks of thought',
    'python',
    `[THINK]def f(x): maybe\n${fence('python', 'def f(x):\n    return x')}[/THINK]${python}`,
  ],
  [
    'marks of thought',
    'python',
    `◁think▷First\n${fence('python', 'def f(x):\n    return 0')}◁/think▷\n${fence('python', python)}`,
  ],
  ['marks of thought', 'javascript', `<think>${fence('js', 'function f() {}')}</think>\n${javascript}`],

  [
    'channels of harmony: the last final one',
    'python',
    `${channel('analysis', 'def f(x): return 0')}<|start|>assistant${channel('final', fence('python', python))}`,
  ],
  [
    'channels of harmony: the last final one',
    'python',
    `${channel('final', fence('python', 'def f(x):\n    return 0'))}<|start|>assistant${channel('final', fence('python', python))}`,
  ],
  [
    'channels of harmony: the last final one',
    'javascript',
    `<|channel|>analysis<|message|>Think.<|end|><|start|>assistant<|channel|>final<|message|>${fence('js', javascript)}<|return|>`,
  ],

  ['a call of itself is a call', 'python', 'def f(x):\n    return 1 if x <= 0 else f(x - 1) + 1'],
  ['a call of itself is a call', 'javascript', 'function f(x) {\n  return x <= 0 ? 1 : f(x - 1) + 1;\n}'],
  [
    'a call of itself is a call',
    'typescript',
    'const f = (x: number): number => (x <= 0 ? 1 : f(x - 1) + 1);',
  ],
];

/** What was cut off, and still parses. */
const cut: ['python' | 'javascript', string][] = [
  ['python', 'def f(x):\n    return x + one'],
  ['python', `\`\`\`python\nimport math\n\ndef f(x):\n    return helper(x)\n`],
  ['javascript', '```js\nconst f = (x) => addOne(x)\n'],
];

const recursive = (kind: string) => kind.startsWith('a call of itself');
const all = [
  ...right.map(([kind, language, text]) => ({ kind, language, text, finish: 'stop' })),
  ...cut.map(([language, text]) => ({ kind: 'cut off', language, text, finish: 'length' })),
];

const suite = `name: answers
cases:
${all
  .map(
    ({ kind, language }, at) =>
      `  - { id: c${at}, category: ${at % 2 === 0 ? 'simple' : 'complex'}, language: ${language}, prompt: "number ${at}.", entry: f, table: [{ args: [1], returns: 2 }]${recursive(kind) ? ', checks: [{ requires: { calls: [f] }, required: true }]' : ''} }`,
  )
  .join('\n')}
`;

it('are found, graded and reported as what they are', async () => {
  const endpoint = await serve((one, _, response) => {
    const number = Number(/number (\d+)\./.exec(JSON.stringify(one.body['messages']))?.[1]);
    const { text, finish } = all[number] ?? { text: '', finish: 'stop' };
    const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: '1', model: 'm', choices }));
  });
  const cwd = folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { m: { provider: here, model: m, stream: false } }\n`,
  });
  const asked = ['run', 'suite.yaml', '-m', 'm', '--report', 'junit'];
  const run = await bench(cwd, asked);
  expect(run.code, run.stderr).toBe(0);
  const folder = onlyRun(cwd);
  const found = new Map(
    trialsIn(folder).map((trial) => [trial.case, [trial.verdict, trial.extraction?.outcome]]),
  );
  expect(all.map(({ kind, text }, at) => [found.get(`c${at}`), kind, text])).toEqual(
    all.map(({ kind, text }) => [
      kind === 'cut off' ? ['failed', 'truncated'] : ['passed', 'code'],
      kind,
      text,
    ]),
  );

  // Cases are failures for JUnit where a gate that was missed counts them.
  const failures = (of: string) =>
    readFileSync(join(of, 'junit.xml'), 'utf8').match(/<testcase[^>]*>\s*<failure message="[^"]*/g) ?? [];
  expect(failures(folder)).toEqual([]);
  const gate = ['--fail-under', 'pass_rate>=100%', '--replay', folder, '-o', 'gated'];
  const gated = await bench(cwd, [...asked, ...gate]);
  expect(gated.code, gated.stderr).toBe(1);
  const [name = ''] = readdirSync(join(cwd, 'gated'));
  expect(failures(join(cwd, 'gated', name))).toHaveLength(cut.length + 1);
}, 120_000);
