/** `npm run generate`: writes suites/schema and docs/reference; with --check it only compares, and exits 1 if they differ. */
import { errorCodes } from '../domain/errors/error-codes.js';
import { realFiles } from '../world/files.js';
import { keyReference } from './key-reference.js';
import { jsonSchemas } from './schema.js';

const root = new URL('../../', import.meta.url).pathname;
const { suite, config } = jsonSchemas();
const check = process.argv.includes('--check');

for (const [file, text] of [
  ['suites/schema/suite.schema.json', `${JSON.stringify(suite, null, 2)}\n`],
  ['suites/schema/config.schema.json', `${JSON.stringify(config, null, 2)}\n`],
  ['docs/reference/errors.md', errorPage()],
  [
    'docs/reference/suite.md',
    keyReference(
      'Keys of a suite',
      'Every key of a suite file. `[]` is each item of a list, `*` a name of your own. `bench schema suite` prints the JSON Schema that this page is made from.',
      suite,
    ),
  ],
  [
    'docs/reference/config.md',
    keyReference(
      'Keys of bench.yaml',
      'Every key of bench.yaml. `[]` is each item of a list, `*` a name of your own. `bench schema config` prints the JSON Schema that this page is made from.',
      config,
    ),
  ],
] as const) {
  const path = `${root}${file}`;
  if (!check) await realFiles.writeAtomic(path, text);
  else if ((await realFiles.readText(path)) !== text) {
    process.stderr.write(`${file} is out of date: npm run generate\n`);
    process.exitCode = 1;
  }
}

function errorPage(): string {
  const rooms = new Map<string, string[]>();
  for (const [code, { cause, fix }] of Object.entries(errorCodes)) {
    const [room = ''] = code.split('/');
    rooms.set(room, [...(rooms.get(room) ?? []), `### ${code}\n\n${cause}\n\n**Fix**: ${fix}\n`]);
  }
  const parts = [...rooms].map(([room, entries]) => `## ${room}\n\n${entries.join('\n')}`);
  return `# Errors

Every mistake that \`bench\` reports ends with a code in brackets. Codes never change; with \`--json\` they are the \`code\` of
each entry of \`mistakes\`. An internal error is a bug of \`bench\`, has no code and exits 70: please report it.

${parts.join('\n')}`;
}
