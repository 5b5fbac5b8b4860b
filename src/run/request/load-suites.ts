/** Suites by path or by shipped name, with all that is wrong with any of them. */
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import type { Suite } from '../../domain/suite.js';
import { languages } from '../../grading/languages/index.js';
import type { Config } from '../../suite/config.js';
import { type LoadedSuite, loadSuite } from '../../suite/load.js';
import type { World } from '../../world/world.js';
import { shippedSuites } from '../package-files.js';

/** Paths, or names of shipped suites; all that is wrong with any of them. */
export async function loadSuites(
  names: readonly string[],
  config: Config,
  files: World['files'],
  allowOutside = false,
): Promise<{ readonly loaded: readonly LoadedSuite[]; readonly diagnostics: readonly Diagnostic[] }> {
  const loaded: LoadedSuite[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const suite = await loadSuite(name, {
      files,
      shippedFolder: shippedSuites,
      config,
      languages: languages.map((language) => language.name),
      allowOutside,
    });
    if (suite.ok) loaded.push(suite.value);
    else diagnostics.push(...suite.diagnostics);
  }
  return { loaded, diagnostics: [...diagnostics, ...sameNames(loaded.map(({ suite }) => suite))] };
}

/** Their suite's name distinguishes trials. */
function sameNames(suites: readonly Suite[]): Diagnostic[] {
  const first = new Map<string, string>();
  return suites.flatMap(({ name, file }) => {
    const before = first.get(name);
    if (before === undefined) first.set(name, file);
    return before === undefined
      ? []
      : [{ code: 'suite/duplicate-name', message: `${before} and ${file} are both named "${name}"` }];
  });
}
