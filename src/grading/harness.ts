import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../world/world.js';

/** A program that a sandbox's child runs. The way leads through `grading`: it is the same from where the command is bundled. */
export function harnessFile(name: string): string {
  return fileURLToPath(new URL(`../grading/languages/harness/${name}`, import.meta.url));
}

/** Paths of all files that sandboxes are made of, in a stable order. */
export async function harnessFiles(
  files: Files,
  folder = dirname(harnessFile('pyodide-child.mjs')),
): Promise<string[]> {
  const found: string[] = [];
  for (const name of [...(await files.list(folder))].sort()) {
    const path = join(folder, name);
    if ((await files.kind(path)) === 'file') found.push(path);
    else found.push(...(await harnessFiles(files, path)));
  }
  return found;
}
