/**
 * Packs the time zones that Python's `zoneinfo` reads in the sandbox: IANA's data (public domain) as compiled TZif files.
 *
 *   pip download --no-deps tzdata && unzip tzdata-*.whl && node packaging/zones.mjs tzdata/zoneinfo
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const [, , root] = process.argv;
const zones = {};
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 4).toString('latin1') !== 'TZif') continue;
  zones[relative(root, path).split(sep).join('/')] = bytes.toString('base64');
}
const files = [...new Set(Object.values(zones))];
const names = Object.fromEntries(
  Object.keys(zones)
    .sort()
    .map((name) => [name, files.indexOf(zones[name])]),
);
const to = new URL('../src/grading/languages/harness/zones.json.gz', import.meta.url);
writeFileSync(to, gzipSync(JSON.stringify({ names, files }), { level: 9 }));
