/** Bundles the script of the HTML report: src/reports/html/app -> src/reports/html/bundled/app.ts, a text that pages include. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const folder = new URL('../src/reports/html/', import.meta.url);
const out = fileURLToPath(new URL('bundled/app.ts', folder));
const build = await rolldown({
  input: fileURLToPath(new URL('app/main.ts', folder)),
  platform: 'browser',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  logLevel: 'warn',
});
const { output } = await build.generate({ format: 'iife', minify: true });
await build.close();
const [{ code }] = output;
mkdirSync(dirname(out), { recursive: true });
writeFileSync(
  out,
  `/** Made by packaging/bundle-report.mjs. */\nexport const app = ${JSON.stringify(code.trim())};\n`,
);
