/** `bench validate <suite...>`: whether each case measures what it says, before a model is asked. */
import { formatDuration } from '../../domain/units.js';
import { validateSuites } from '../../run/validate-suites.js';
import { withTimeLimits } from '../../suite/limit-writer.js';
import { type CaseProblem, limitSecondsFor, type Proof } from '../../suite/validate-case.js';
import type { Files } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

/** A reference that takes more than this share of its limit is cut off on a machine that is half as quick. */
const TIGHT_SHARE = 0.5;

export const act: Act = async (typed, world) => {
  const { flags, json, console, refuse } = openCommand(typed, world);
  if (flags.on('sandbox')) {
    const { askSandboxes, sandboxesText } = await import('../sandbox-list.js');
    const found = await askSandboxes(world);
    if (json) console.json({ sandboxes: found });
    else console.data(sandboxesText(found));
    return exitCodes.done;
  }
  if (typed.args.length === 0)
    return refuse({
      code: 'cli/missing-argument',
      message: 'which suite?',
      help: 'bench validate suite.yaml, or --sandbox for what answers may use',
    });
  const filter = { categories: flags.texts('category'), cases: flags.texts('case') };
  const config = flags.text('config');
  const allowOutside = flags.on('allowOutside');
  if (flags.mistakes.length > 0) return refuse();
  let width = 0;
  const validated = await validateSuites({ suites: typed.args, config, allowOutside, filter }, world, {
    suite({ suite, cases }) {
      width = Math.max(0, ...cases.map(({ id }) => id.length));
      if (!json) console.data(`${suite.name}  ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}\n`);
    },
    proof(proof) {
      if (!json) console.data(line(proof, width));
    },
  });
  if (!validated.ok) return refuse(...validated.diagnostics);
  const all = validated.value.flatMap(({ proofs }) => proofs);
  const documents = validated.value.map(({ suite, proofs }) => ({
    suite: suite.name,
    file: suite.file,
    cases: proofs.map(documentOf),
  }));
  const fixed = flags.on('fix') ? await writeLimits(all, world.files) : null;
  const broken = all.filter(({ problems }) => problems.some(isTheCases));
  const troubled = all.filter(({ problems }) => problems.length > 0 && !problems.some(isTheCases));
  const unreferenced = all.filter(({ case: { hasSolution }, tried }) => !hasSolution && tried.length > 0);
  if (json) {
    console.json({
      suites: documents,
      cases: all.length,
      broken: broken.length,
      troubled: troubled.length,
      ...(fixed === null ? {} : { fixed }),
    });
  } else {
    console.data(`\n${summary(all.length, broken.length, troubled.length, unreferenced.length)}\n`);
    for (const { file, written, skipped } of fixed ?? []) {
      if (written.length > 0) console.data(`${file}: limits.time of ${written.join(', ')}\n`);
      if (skipped.length > 0)
        console.data(`${file}: not written for ${skipped.join(', ')}: not a case of a YAML suite\n`);
    }
    if (fixed !== null && fixed.length === 0) console.data('every limit is as its reference asks for\n');
  }
  if (broken.length > 0) return exitCodes.gateFailed;
  return troubled.length > 0 ? exitCodes.notEnoughMeasured : exitCodes.done;
};

interface Fixed {
  readonly file: string;
  /** Cases, with what was written: `average 1s`. */
  readonly written: readonly string[];
  readonly skipped: readonly string[];
}

/** Into the files the cases stand in, for those that hold and whose limit is another than their reference asks for. */
async function writeLimits(proofs: readonly Proof[], files: Files): Promise<readonly Fixed[]> {
  const byFile = new Map<string, Map<string, string>>();
  for (const { case: asked, problems, referenceMs } of proofs) {
    if (problems.length > 0 || referenceMs === null) continue;
    const seconds = limitSecondsFor(referenceMs);
    if (seconds * 1000 === asked.limits.timeMs) continue;
    const times = byFile.get(asked.place.file) ?? new Map<string, string>();
    byFile.set(asked.place.file, times.set(asked.id, `${seconds}s`));
  }
  const fixed: Fixed[] = [];
  for (const [file, times] of byFile) {
    const isYaml = /\.ya?ml$/.test(file);
    const { text, written } = isYaml
      ? withTimeLimits(await files.readText(file), times)
      : { text: '', written: [] };
    if (written.length > 0) await files.writeAtomic(file, text);
    fixed.push({
      file,
      written: written.map((id) => `${id} ${times.get(id)}`),
      skipped: [...times.keys()].filter((id) => !written.includes(id)),
    });
  }
  return fixed;
}

const isTheCases = ({ kind }: CaseProblem) => kind !== 'sandbox';

function line(proof: Proof, width: number): string {
  const { case: asked, problems, referenceMs, tried } = proof;
  const mark = problems.length === 0 ? 'ok   ' : problems.some(isTheCases) ? 'FAILS' : '?    ';
  const took = referenceMs === null ? 'no reference' : formatDuration(referenceMs);
  const failing = tried.filter(
    (name) => name !== 'reference' && !problems.some(({ attempt }) => attempt === name),
  );
  const head = `  ${mark}  ${asked.id.padEnd(width)}  ${took.padEnd(12)}  rightly failed: ${failing.join(', ') || 'none'}`;
  const notes = [
    ...problems.map(({ message }) => message),
    ...tightNote(proof),
    ...judgeNote(proof),
    ...setAsideNote(proof),
    ...judgedNote(proof),
  ];
  return `${[head, ...notes.map((note) => `         ${note}`)].join('\n')}\n`;
}

/** What an answer does to the interpreter can be settled by the other judge, or it fails. */
function judgeNote({ judges }: Proof): string[] {
  if (judges === null || judges.includes('isolated')) return [];
  return ['only one interpreter can judge it: an answer that reads frames or patches the library fails'];
}

function judgedNote({ tried }: Proof): string[] {
  return tried.length > 0 ? [] : ['a judge alone decides: bench judge check measures it'];
}

function setAsideNote({ setAside }: Proof): string[] {
  if (setAside.length === 0) return [];
  return ['not counted, because its own tests do not kill them:', ...setAside.map((mutant) => `  ${mutant}`)];
}

function tightNote({ case: asked, referenceMs }: Proof): string[] {
  const { timeMs } = asked.limits;
  if (referenceMs === null || referenceMs < TIGHT_SHARE * timeMs) return [];
  return [
    `its reference takes ${formatDuration(referenceMs)} of its ${formatDuration(timeMs)}: raise limits.time`,
  ];
}

function summary(cases: number, broken: number, troubled: number, unreferenced: number): string {
  const hold = cases - broken - troubled;
  const parts = [`${hold} of ${cases} ${cases === 1 ? 'case holds' : 'cases hold'}`];
  if (broken > 0) parts.push(`${broken} ${broken === 1 ? 'does' : 'do'} not`);
  if (troubled > 0) parts.push(`${troubled} could not be judged: the sandbox is in trouble`);
  if (unreferenced > 0)
    parts.push(`${unreferenced} ${unreferenced === 1 ? 'has' : 'have'} no solution to be proved by`);
  return parts.join('; ');
}

function documentOf({ case: asked, problems, referenceMs, tried, judges, setAside }: Proof) {
  return {
    case: asked.id,
    category: asked.category,
    language: asked.language,
    place: asked.place,
    holds: problems.length === 0,
    has_reference: asked.hasSolution,
    reference_ms: referenceMs === null ? null : Math.round(referenceMs * 10) / 10,
    tried,
    judges,
    set_aside: setAside,
    problems,
  };
}
