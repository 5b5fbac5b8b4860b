/** `bench show <run> [case]`: what became of each case, or of one of them in full. */
import { join } from 'node:path';
import type { AskedLine, ParkedRecord, RunLine, TrialRecord } from '../../domain/record.js';
import { extract } from '../../grading/extract.js';
import { JournalError, readJournal } from '../../journal/journal.js';
import { DEFAULT_OUT, findRun, JOURNAL_FILE } from '../../journal/run-folder.js';
import { renderCase, renderCases, type ShownCase, type ShownTrial } from '../../reports/case-view.js';
import { didYouMean } from '../../suite/suggest.js';
import type { Files } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const [word = 'latest', wanted] = args;
  const folder = await findRun(word, flags.text('out') ?? DEFAULT_OUT, world.files);
  if (typeof folder !== 'string') return refuse({ message: folder.problem });
  const tell = (torn: string) => console.complain(`! ${torn}: it was left out\n`);
  const read = await readCases(folder, tell, world.files);
  if ('problem' in read) return refuse({ message: read.problem });
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
      message: `${run.id} has no case "${wanted}"`,
      mend: didYouMean(wanted, names) ?? `bench show ${word} lists them`,
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

async function readCases(
  folder: string,
  tell: (torn: string) => void,
  files: Files,
): Promise<{ readonly run: RunLine; readonly cases: readonly ShownCase[] } | { readonly problem: string }> {
  const asked = new Map<string, AskedLine>();
  const records = new Map<string, TrialRecord[]>();
  /** By trial, the last line that deferred it. */
  const deferred = new Map<string, ParkedRecord>();
  let run: RunLine | null = null;
  try {
    const journal = readJournal(join(folder, JOURNAL_FILE), files, ({ torn }) => {
      if (torn !== null) tell(torn);
    });
    for await (const line of journal) {
      if (line.type === 'run') run = line;
      if (line.type === 'asked') {
        const key = JSON.stringify([line.suite, line.id]);
        asked.set(key, line);
        if (!records.has(key)) records.set(key, []);
      }
      if (line.type === 'event' && line.kind === 'parked') deferred.set(line.trial, line);
      if (line.type !== 'trial') continue;
      deferred.delete(line.trial);
      const key = JSON.stringify([line.suite, line.case]);
      const own = records.get(key);
      if (own === undefined) records.set(key, [line]);
      else own.push(line);
    }
  } catch (error) {
    if (error instanceof JournalError) return { problem: error.message };
    throw error;
  }
  if (run === null) return { problem: `${folder} has no run in it` };
  const { suites, candidates } = run;
  const simulated = new Set(candidates.filter((one) => one.simulated).map((one) => one.candidate));
  const order = new Map(candidates.map(({ candidate }, index) => [candidate, index]));
  const waiting = [...new Map([...deferred.values()].map((one) => [one.candidate, one])).values()].map(
    ({ candidate, reason }) => ({ candidate, reason }),
  );
  const categories = suites.flatMap((suite) => suite.categories);
  const cases = [...records].map(([key, own]): ShownCase => {
    const question = asked.get(key) ?? null;
    const sorted = [...own].sort(
      (a, b) => (order.get(a.candidate) ?? 0) - (order.get(b.candidate) ?? 0) || a.sample - b.sample,
    );
    const [first] = own;
    return {
      suite: first?.suite ?? question?.suite ?? '',
      id: first?.case ?? question?.id ?? '',
      category: first?.category ?? question?.category ?? '',
      asked: question,
      deferred: waiting.filter(({ candidate }) => !own.some((one) => one.candidate === candidate)),
      trials: sorted.map((record) => ({
        record,
        simulated: simulated.has(record.candidate),
        code: codeOf(record, question),
      })),
    };
  });
  const rank = ({ category }: ShownCase) => categories.indexOf(category);
  cases.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { run, cases };
}

/** As today's extraction finds it; which one judged it stands in the run's environment. */
function codeOf({ completion, extraction, language }: TrialRecord, asked: AskedLine | null): string | null {
  if (completion === null || extraction?.outcome !== 'code') return null;
  const answer = extract(
    { text: completion.text, finishReason: completion.finish_reason },
    {
      language,
      entry: asked?.entry ?? null,
      prompt: asked?.prompt ?? '',
      prelude: asked?.prelude ?? null,
      needsCode: true,
    },
  );
  return answer.kind === 'code' ? answer.code : null;
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
