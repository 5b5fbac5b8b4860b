// `npm pack` and `npm publish`: a packed package builds nothing when it is installed from a folder or a repository, so
// its package.json has no scripts. `prepack` takes them out, `postpack` puts the file back as it was.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = new URL('../package.json', import.meta.url);
const kept = new URL('../package.json.kept', import.meta.url);

if (process.argv[2] === 'restore') {
  if (existsSync(kept)) renameSync(kept, manifest);
} else {
  const text = readFileSync(manifest, 'utf8');
  // After a pack that was cut off, the kept file is the true one.
  if (!existsSync(kept)) writeFileSync(kept, text);
  const { scripts: _, devDependencies: __, ...packed } = JSON.parse(readFileSync(kept, 'utf8'));
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}
