/** The options of a run to resume. */
import { type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import { DEFAULT_OUT, findRun } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';
import { optionsOf } from '../request/command-record.js';
import type { RunOptions } from '../request/run-options.js';
import { newestUnfinished, type Resumable, readResumable } from './resume.js';

/** The options of a run to begin, or of one to resume, which knows what it is. `resume`: `--resume` as it was typed. */
export async function resumeOptions(
  options: RunOptions,
  resume: unknown,
  { files }: Pick<World, 'files'>,
): Promise<{ readonly options: RunOptions; readonly resumed: Resumable | null } | Diagnostic> {
  const out = options.out ?? DEFAULT_OUT;
  if (resume === undefined) {
    if (options.suites.length > 0) return { options, resumed: null };
    return {
      code: 'cli/missing-argument',
      message: 'which suite?',
      help: 'bench run quickstart, or a path; bench list shows what there is',
    };
  }
  let word = typeof resume === 'string' ? resume : null;
  const suites = [...options.suites];
  // `--resume suite.yaml`: a flag whose value is optional takes the next word, whatever it is.
  if (word !== null && /\.ya?ml$/.test(word) && (await files.kind(word)) === 'file') {
    suites.unshift(word);
    word = null;
  }
  const path = word === null ? await newestUnfinished(out, files) : await findRun(word, out, files);
  if (path === null) return { code: 'run/nothing-to-resume', message: `every run in ${out} is complete` };
  if (typeof path !== 'string') return diagnosticOf(path);
  const resumed = await readResumable(path, files);
  if ('problem' in resumed) return diagnosticOf(resumed);
  const { command, settings } = resumed.run;
  const before = command === undefined ? options : optionsOf(command);
  const own = Object.fromEntries(
    Object.entries({ ...options, suites }).filter(
      ([key, value]) =>
        value !== null &&
        !(Array.isArray(value) && value.length === 0) &&
        // How to compare is said with what to compare with.
        (key !== 'gate' || typeof options.baseline === 'string'),
    ),
  );
  return { options: { ...before, seed: settings.seed, ...own, out }, resumed };
}
