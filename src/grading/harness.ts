import { fileURLToPath } from 'node:url';

/** A program that a sandbox's child runs. The way leads through `grading`: it is the same from where the command is bundled. */
export function harnessFile(name: string): string {
  return fileURLToPath(new URL(`../grading/languages/harness/${name}`, import.meta.url));
}
