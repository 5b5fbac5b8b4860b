/**
 * Bundles what JavaScript answers and their tests find around them, from well-kept packages, for a realm without modules:
 * src/grading/languages/harness/shims/*.js -> shims/bundled/. The packages' licences go with them.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const folder = fileURLToPath(new URL('../src/grading/languages/harness/shims', import.meta.url));
const out = join(folder, 'bundled');
const standIn = (name) => join(folder, 'stand-ins', `${name}.js`);

const alias = {
  'process/': standIn('process'),
};
for (const prefix of ['', 'node:']) {
  alias[`${prefix}path`] = 'path-browserify';
  alias[`${prefix}stream`] = 'readable-stream';
  alias[`${prefix}url`] = standIn('url');
  alias[`${prefix}process`] = standIn('process');
  alias[`${prefix}util`] = standIn('nothing');
}
alias['node:events'] = 'events';
alias['node:buffer'] = 'buffer';
alias['node:string_decoder'] = 'string_decoder';

mkdirSync(out, { recursive: true });
const packages = new Set();
// SQLite is not bundled: two files of its package are copied.
const sqlite = join(dirname(folder), '../../../../node_modules/sql.js');
for (const name of ['sql-wasm.js', 'sql-wasm.wasm'])
  copyFileSync(join(sqlite, 'dist', name), join(out, name));
packages.add(sqlite);
for (const name of ['web', 'node', 'expect']) {
  const build = await rolldown({
    input: join(folder, `${name}.js`),
    platform: 'browser',
    resolve: { mainFields: ['module', 'main'], alias },
    transform: { define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' } },
    plugins: [
      {
        name: 'no-tables',
        resolveId: (id) => (id.endsWith('encoding-indexes.js') ? standIn('encoding-indexes') : null),
      },
    ],
    logLevel: 'silent',
  });
  const { output } = await build.write({
    file: join(out, `${name}.js`),
    format: 'iife',
    name: 'shims',
    minify: true,
  });
  await build.close();
  for (const id of output.flatMap((chunk) => ('moduleIds' in chunk ? chunk.moduleIds : []))) {
    const found = id.startsWith('\0')
      ? undefined
      : /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(id)?.[1];
    if (found !== undefined) packages.add(found);
  }
}

const notices = [...packages].sort().map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? `License: ${license}` : readFileSync(join(path, file), 'utf8').trim();
  return `${name} ${version}\n\n${text}\n`;
});
writeFileSync(join(out, 'LICENSES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
if (!existsSync(join(out, 'node.js'))) throw new Error(`nothing was bundled into ${basename(dirname(out))}`);
