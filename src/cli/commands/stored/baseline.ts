/** `bench baseline set|add|list|show`: runs to compare with, by name, in files made to be committed. */
import { runsOf } from '../../../analysis/baseline-runs.js';
import { allMismatches } from '../../../analysis/compare.js';
import type { ProfiledCandidate, RunProfile } from '../../../domain/comparison.js';
import { type Diagnostic, diagnosticOf } from '../../../domain/errors/diagnostic.js';
import { didYouMean } from '../../../domain/errors/did-you-mean.js';
import { formatShare } from '../../../domain/units.js';
import {
  baselineFile,
  baselineNameTrouble,
  listBaselines,
  readBaseline,
  writeBaseline,
} from '../../../journal/baseline.js';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { findProfile } from '../../../run/stored/find-profile.js';
import type { World } from '../../../world/world.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { type Opening, openCommand } from '../../opening.js';

const deeds = ['set', 'add', 'list', 'show'] as const;

export const act: Act = async ({ args, flags: typed }, world) => {
  const opening = openCommand({ flags: typed }, world);
  const [word = '', name = '', run = 'latest'] = args;
  const deed = deeds.find((known) => known === word);
  const out = opening.flags.text('out') ?? DEFAULT_OUT;
  if (deed === undefined) {
    const near = didYouMean(word, [...deeds]);
    const message = `bench baseline takes ${deeds.join(', ')}, not "${word}"`;
    return opening.refuse({ code: 'cli/unknown-word', message, ...(near === null ? {} : { help: near }) });
  }
  if (deed === 'list') return list(out, opening, world);
  const trouble = name === '' ? 'which baseline? Write its name' : baselineNameTrouble(name);
  if (trouble !== null) return opening.refuse({ code: 'baseline/invalid-name', message: trouble });
  switch (deed) {
    case 'set':
      return set(name, run, out, opening, world);
    case 'add':
      return add(name, run, out, opening, world);
    case 'show':
      return show(name, out, opening, world);
    default:
      return deed satisfies never;
  }
};

/** One run more of the same suite and candidates: what runs differ by enters the comparison from two on. */
async function add(name: string, word: string, out: string, opening: Opening, { files }: World) {
  const { console, json, refuse } = opening;
  const path = baselineFile(out, name);
  if ((await files.kind(path)) !== 'file')
    return refuse({
      code: 'baseline/not-found',
      message: `there is no baseline ${name} in ${out}`,
      help: `bench baseline set ${name} ${word}`,
    });
  const known = await readBaseline(path, files);
  if ('problem' in known) return refuse(diagnosticOf(known));
  const found = await findProfile(word, out, files);
  if ('problem' in found) return refuse(diagnosticOf(found));
  const { more: _, ...run } = found.profile;
  if (runsOf(known).some(({ id }) => id === run.id))
    return refuse({
      code: 'baseline/already-there',
      message: `${run.id} is in the baseline ${name} already`,
    });
  if (run.partial !== undefined)
    return refuse({
      code: 'run/incomplete',
      message: `${run.id} is not complete: ${run.partial.trials} of ${run.partial.planned} trials`,
      help: `bench run --resume ${run.id}`,
    });
  const mismatches = allMismatches(known, run);
  if (mismatches.length > 0)
    return refuse(
      ...mismatches.map(
        (message): Diagnostic => ({
          code: 'compare/different-measure',
          message: `not comparable: ${message}`,
        }),
      ),
    );
  const names = run.candidates.map(({ candidate }) => candidate);
  const missing = known.candidates.map(({ candidate }) => candidate).filter((one) => !names.includes(one));
  if (missing.length > 0)
    return refuse({
      code: 'baseline/lacks-candidate',
      message: `${run.id} lacks ${missing.join(', ')}, which the baseline ${name} has`,
    });
  const next: RunProfile = { ...known, more: [...(known.more ?? []), run] };
  await writeBaseline(path, next, files);
  if (json) console.json({ name, file: path, ids: runsOf(next).map(({ id }) => id) });
  else {
    console.data(
      `${name}  ${runsOf(next).length} runs  ${runsOf(next)
        .map(({ id }) => id)
        .join(', ')}\n`,
    );
    console.say(`\n  written       ${path}\n  to compare    bench compare ${name} latest\n`);
  }
  return exitCodes.done;
}

async function set(name: string, word: string, out: string, opening: Opening, { files }: World) {
  const { console, json, refuse } = opening;
  const found = await findProfile(word, out, files);
  if ('problem' in found) return refuse(diagnosticOf(found));
  const path = baselineFile(out, name);
  if (judgedIn(found.profile) === 0) {
    return refuse({
      code: 'run/nothing-judged',
      message: `${found.profile.id} has no judged answer to compare with`,
    });
  }
  await writeBaseline(path, found.profile, files);
  if (json) console.json({ name, file: path, id: found.profile.id });
  else {
    console.data(`${name}  ${wordsOf(found.profile)}\n`);
    console.say(
      `\n  written       ${path}\n  to compare    bench compare ${name} latest\n  to gate       bench run suite.yaml --baseline ${name}\n`,
    );
  }
  return exitCodes.done;
}

async function list(out: string, { console, json }: Opening, { files }: World) {
  const names = await listBaselines(out, files);
  const read = await Promise.all(names.map((name) => readBaseline(baselineFile(out, name), files)));
  if (json) {
    console.json({
      baselines: names.map((name, index) => {
        const one = read[index];
        return one === undefined || 'problem' in one
          ? { name, problem: one?.problem ?? '' }
          : {
              name,
              id: one.id,
              started_at: one.started_at,
              ids: runsOf(one).map(({ id }) => id),
            };
      }),
    });
    return exitCodes.done;
  }
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = names.map((name, index) => {
    const one = read[index];
    const words = one === undefined ? '' : 'problem' in one ? one.problem : wordsOf(one);
    return `${name.padEnd(width)}  ${words}`;
  });
  console.data(
    lines.length === 0 ? 'no baselines yet: bench baseline set main latest\n' : `${lines.join('\n')}\n`,
  );
  return exitCodes.done;
}

async function show(name: string, out: string, { console, json, refuse }: Opening, { files }: World) {
  const path = baselineFile(out, name);
  if ((await files.kind(path)) !== 'file') {
    const near = didYouMean(name, [...(await listBaselines(out, files))]);
    const message = `there is no baseline ${name} in ${out}; bench baseline list shows them`;
    return refuse({ code: 'baseline/not-found', message, ...(near === null ? {} : { help: near }) });
  }
  const read = await readBaseline(path, files);
  if ('problem' in read) return refuse(diagnosticOf(read));
  if (json) console.json(read);
  else {
    const runs = runsOf(read);
    const lines = runs.flatMap((run) => [
      ...(runs.length > 1 ? [`  ${run.started_at.slice(0, 10)}  ${run.id}`] : []),
      ...run.candidates.map(candidateLine),
    ]);
    const boxes = Object.entries(read.sandboxes).map(([language, box]) => `  ${language}  ${box}`);
    console.data(
      `${name}  ${wordsOf(read)}\n${lines.join('\n')}\n${boxes.map((line) => `${line}\n`).join('')}`,
    );
  }
  return exitCodes.done;
}

function candidateLine({ candidate, simulated, cases }: ProfiledCandidate): string {
  const rates = cases.filter(({ judged }) => judged > 0).map(({ passed, judged }) => passed / judged);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const rate = rates.length === 0 ? 'n/a' : formatShare(mean);
  return `  ${simulated ? '~' : ''}${candidate}  pass rate ${rate} over ${rates.length} cases`;
}

function wordsOf(profile: RunProfile): string {
  const { id, started_at, suites, candidates } = profile;
  const named = suites.map(({ name, cases }) => `${name} (${cases} cases)`).join(', ');
  const who = candidates.map(({ candidate, simulated }) => `${simulated ? '~' : ''}${candidate}`).join(', ');
  const more = runsOf(profile).length - 1;
  const others = more === 0 ? '' : ` and ${more} more ${more === 1 ? 'run' : 'runs'}`;
  return `${started_at.slice(0, 10)}  ${id}${others}  ${named}  ${who}`;
}

function judgedIn({ candidates }: RunProfile): number {
  return candidates.reduce((sum, { cases }) => sum + cases.reduce((all, { judged }) => all + judged, 0), 0);
}
