/** `npm run generate`: writes suites/schema; with --check it only compares, and ends with 1 where they differ. */
import { realFiles } from '../world/files.js';
import { jsonSchemas } from './schema.js';

const folder = new URL('../../suites/schema/', import.meta.url).pathname;
const { suite, config } = jsonSchemas();
const check = process.argv.includes('--check');

for (const [file, schema] of [
  ['suite.schema.json', suite],
  ['config.schema.json', config],
] as const) {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  const path = `${folder}${file}`;
  if (!check) await realFiles.writeAtomic(path, text);
  else if ((await realFiles.readText(path)) !== text) {
    process.stderr.write(`suites/schema/${file} is out of date: npm run generate\n`);
    process.exitCode = 1;
  }
}
