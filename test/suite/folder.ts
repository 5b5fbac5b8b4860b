/** A folder of files for one test, and the suites in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Checked, Diagnostic } from '../../src/domain/errors/diagnostic.js';
import { knownProviders } from '../../src/providers/index.js';
import { type Config, loadConfig } from '../../src/suite/config.js';
import { type LoadedSuite, loadSuite } from '../../src/suite/load.js';
import { realFiles } from '../../src/world/files.js';

export const languages = ['python', 'javascript', 'typescript'];

/** Concurrent tests hand in their own `onTestFinished`: the global one knows only one test at a time. */
export function folderWith(
  files: Readonly<Record<string, string>>,
  whenFinished: (clean: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-suite-'));
  whenFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export async function configOf(folder: string, file = 'bench.yaml'): Promise<Checked<Config>> {
  return loadConfig(join(folder, file), { files: realFiles, providers: knownProviders });
}

/** The suite in suite.yaml, beside a bench.yaml where there is one. */
export async function suiteIn(files: Readonly<Record<string, string>>): Promise<Checked<LoadedSuite>> {
  const folder = folderWith({ 'bench.yaml': '{}', ...files });
  const config = await configOf(folder);
  if (!config.ok) return config;
  return loadSuite(join(folder, 'suite.yaml'), {
    files: realFiles,
    shippedFolder: join(folder, 'shipped'),
    config: config.value,
    languages,
  });
}

export async function suiteOf(files: Readonly<Record<string, string>>): Promise<LoadedSuite> {
  const loaded = await suiteIn(files);
  if (!loaded.ok) throw new Error(shown(loaded.diagnostics).join('\n'));
  return loaded.value;
}

export async function mistakesIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const loaded = await suiteIn(files);
  return loaded.ok ? [] : shown(loaded.diagnostics);
}

/** `suite.yaml:3:5 the message | the help` */
export function shown(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ place, message, help }) => {
    const where = place === undefined ? '' : `${place.file.split('/').at(-1)}:${place.line}:${place.column} `;
    // The folder has another name each time.
    const shown = help?.replace(/\S*bench-suite-\w+/, 'HERE');
    return `${where}${message}${shown === undefined ? '' : ` | ${shown}`}`;
  });
}
