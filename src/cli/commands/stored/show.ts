/** `bench show <run> [case]`: what became of each case, or of one of them in full. */

import { diagnosticOf } from '../../../domain/errors/diagnostic.js';
import { didYouMean } from '../../../domain/errors/did-you-mean.js';
import { DEFAULT_OUT, findRun } from '../../../journal/run-folder.js';
import { renderCase, renderCases, type ShownCase, type ShownTrial } from '../../../reports/case-view.js';
import { readCases } from '../../../run/stored/read-cases.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const [word = 'latest', wanted] = args;
  const folder = await findRun(word, flags.text('out') ?? DEFAULT_OUT, world.files);
  if (typeof folder !== 'string') return refuse(diagnosticOf(folder));
  const tell = (torn: string) => console.complain(`! ${torn}: skipped\n`);
  const read = await readCases(folder, tell, world.files);
  if ('problem' in read) return refuse(diagnosticOf(read));
  const { cases, run } = read;
  const style = { colour: console.colour.stdout, columns: console.columns };
  if (wanted === undefined) {
    if (json) console.json({ run: run.id, cases: cases.map(asJson) });
    else console.data(renderCases(cases, run.candidates, style));
    const first =
      cases.find(({ trials }) => trials.some(({ record }) => record.verdict === 'failed')) ?? cases[0];
    if (first !== undefined)
      console.say(`\n  look closer   bench show ${word} ${first.category}/${first.id}\n`);
    return exitCodes.done;
  }
  const found = chooseCases(wanted, cases);
  if (found.length === 0) {
    const names = cases.flatMap(({ id, category }) => [id, `${category}/${id}`]);
    return refuse({
      code: 'run/no-such-case',
      message: `${run.id} has no case "${wanted}"`,
      help: didYouMean(wanted, names) ?? `bench show ${word} lists them`,
    });
  }
  if (json) console.json({ run: run.id, cases: found.map(asJson) });
  else console.data(found.map((one) => renderCase(one, style)).join('\n'));
  return exitCodes.done;
};

/** An exact id wins over category/id; the same id may stand in several suites of a run. */
function chooseCases(wanted: string, cases: readonly ShownCase[]): ShownCase[] {
  const exact = cases.filter(({ id }) => id === wanted);
  return exact.length > 0 ? exact : cases.filter(({ id, category }) => `${category}/${id}` === wanted);
}

function asJson({ suite, id, category, asked, deferred, trials }: ShownCase) {
  return {
    suite,
    case: id,
    category,
    prompt: asked?.prompt ?? null,
    ...(deferred.length > 0 ? { deferred } : {}),
    trials: trials.map(({ record, simulated, code }: ShownTrial) => ({ simulated, code, ...record })),
  };
}
