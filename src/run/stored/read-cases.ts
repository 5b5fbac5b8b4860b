/** The cases of a stored run with their trials, as `bench show` and reports show them. */
import { join } from 'node:path';
import type { Problem } from '../../domain/errors/diagnostic.js';
import type { AskedLine, ParkedRecord, RunLine, TrialRecord } from '../../domain/record.js';
import { extract } from '../../grading/extract.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { JOURNAL_FILE } from '../../journal/run-folder.js';
import type { ShownCase } from '../../reports/case-view.js';
import type { Files } from '../../world/world.js';

/** The cases of a stored run with their trials, as `bench show` and reports show them. */
export async function readCases(
  folder: string,
  tell: (torn: string) => void,
  files: Files,
): Promise<{ readonly run: RunLine; readonly cases: readonly ShownCase[] } | Problem> {
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
    return damaged(error);
  }
  if (run === null) return { code: 'run/not-a-run', problem: `${folder} has no run in it` };
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
      isTests: asked?.subject !== undefined,
    },
  );
  return answer.kind === 'code' ? answer.code : null;
}
