/** `bench validate <suite...>`: whether each case measures what it says, before a model is asked. */
import { formatDuration } from '../../domain/units.js';
import { openProving, readSuitesToProve } from '../../run/proving.js';
import type { Problem, Proof } from '../../suite/prove.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

/** A reference that takes more than this share of its limit is cut off on a machine that is half as quick. */
const TIGHT_SHARE = 0.5;

export const act: Act = async (typed, world) => {
  const { flags, json, console, refuse } = openCommand(typed, world);
  const filter = { categories: flags.texts('category'), cases: flags.texts('case') };
  const read = await readSuitesToProve({ suites: typed.args, config: flags.text('config'), filter }, world);
  if (!read.ok) return refuse(...read.diagnostics);
  if (flags.mistakes.length > 0) return refuse();

  const all: Proof[] = [];
  const documents: unknown[] = [];
  const proving = openProving(world);
  try {
    for (const { suite, cases } of read.value) {
      if (!json) console.data(`${suite.name}  ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}\n`);
      const width = Math.max(0, ...cases.map(({ id }) => id.length));
      const proofs = await proving.proveAll(cases, (proof) => {
        if (!json) console.data(line(proof, width));
      });
      all.push(...proofs);
      documents.push({ suite: suite.name, file: suite.file, cases: proofs.map(documentOf) });
    }
  } finally {
    await proving.close();
  }
  const broken = all.filter(({ problems }) => problems.some(isTheCases));
  const troubled = all.filter(({ problems }) => problems.length > 0 && !problems.some(isTheCases));
  const unreferenced = all.filter(({ case: { hasSolution } }) => !hasSolution);
  if (json) {
    console.json({ suites: documents, cases: all.length, broken: broken.length, troubled: troubled.length });
  } else {
    console.data(`\n${summary(all.length, broken.length, troubled.length, unreferenced.length)}\n`);
  }
  if (broken.length > 0) return exitCodes.gateFailed;
  return troubled.length > 0 ? exitCodes.notEnoughMeasured : exitCodes.done;
};

const isTheCases = ({ kind }: Problem) => kind !== 'sandbox';

function line(proof: Proof, width: number): string {
  const { case: asked, problems, referenceMs, tried } = proof;
  const mark = problems.length === 0 ? 'ok   ' : problems.some(isTheCases) ? 'FAILS' : '?    ';
  const took = referenceMs === null ? 'no reference' : formatDuration(referenceMs);
  const failing = tried.filter(
    (name) => name !== 'reference' && !problems.some(({ attempt }) => attempt === name),
  );
  const head = `  ${mark}  ${asked.id.padEnd(width)}  ${took.padEnd(12)}  rightly failed: ${failing.join(', ') || 'none'}`;
  const notes = [...problems.map(({ message }) => message), ...tightNote(proof)];
  return `${[head, ...notes.map((note) => `         ${note}`)].join('\n')}\n`;
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

function documentOf({ case: asked, problems, referenceMs, tried }: Proof) {
  return {
    case: asked.id,
    category: asked.category,
    language: asked.language,
    place: asked.place,
    holds: problems.length === 0,
    has_reference: asked.hasSolution,
    reference_ms: referenceMs === null ? null : Math.round(referenceMs * 10) / 10,
    tried,
    problems,
  };
}
