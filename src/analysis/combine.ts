/** The journals of several runs as one: their candidates side by side. */
import type { SandboxUse } from '../domain/program.js';
import type { CandidateStamp, EndLine, JournalLine, RunLine, SuiteStamp } from '../domain/record.js';

/**
 * Lines as `summarize` reads them. A candidate that more than one run has is shown once for each, as `name @ run-id`:
 * what was measured at another time is another measurement. Throws nothing of its own; a journal's errors come through.
 */
export async function* combined(journals: readonly AsyncIterable<JournalLine>[]): AsyncIterable<JournalLine> {
  const opened: { readonly run: RunLine; readonly rest: AsyncIterator<JournalLine> }[] = [];
  for (const journal of journals) {
    const rest = journal[Symbol.asyncIterator]();
    const first = await rest.next();
    if (!first.done && first.value.type === 'run') opened.push({ run: first.value, rest });
  }
  const [first] = opened;
  if (first === undefined) return;
  if (opened.length === 1) {
    yield first.run;
    yield* { [Symbol.asyncIterator]: () => first.rest };
    return;
  }
  const runs = opened.map(({ run }) => run);
  const naming = namesIn(runs);
  yield runOf(first.run, runs, naming);
  const ends: { readonly run: RunLine; readonly end: EndLine }[] = [];
  for (const { run, rest } of opened) {
    for await (const line of { [Symbol.asyncIterator]: () => rest }) {
      switch (line.type) {
        case 'trial': {
          yield { ...line, candidate: naming(run, line.candidate), trial: trialIn(run, line, naming) };
          break;
        }
        case 'attempt':
          yield { ...line, candidate: naming(run, line.candidate), trial: trialIn(run, line, naming) };
          break;
        case 'event':
          if (line.kind === 'resumed') break;
          yield line.kind === 'rotation'
            ? { ...line, candidate: naming(run, line.candidate) }
            : { ...line, candidate: naming(run, line.candidate), trial: trialIn(run, line, naming) };
          break;
        case 'end':
          ends.push({ run, end: line });
          break;
        case 'asked':
        case 'run':
        case 'reply':
        case 'judgement':
          break;
        default:
          line satisfies never;
      }
    }
  }
  yield endOf(ends, runs, naming);
}

type Naming = (run: RunLine, candidate: string) => string;

/** The same question to a candidate of the same name in another run is another trial. */
function trialIn(
  run: RunLine,
  { candidate, trial }: { readonly candidate: string; readonly trial: string },
  naming: Naming,
): string {
  return naming(run, candidate) === candidate ? trial : `${trial} @ ${run.id}`;
}

function namesIn(runs: readonly RunLine[]): Naming {
  const times = new Map<string, number>();
  for (const { candidate } of runs.flatMap((run) => run.candidates)) {
    times.set(candidate, (times.get(candidate) ?? 0) + 1);
  }
  return (run, candidate) => ((times.get(candidate) ?? 0) > 1 ? `${candidate} @ ${run.id}` : candidate);
}

function runOf(first: RunLine, runs: readonly RunLine[], naming: Naming): RunLine {
  const suites = new Map<string, SuiteStamp>();
  for (const suite of runs.flatMap((run) => run.suites)) suites.set(`${suite.name} ${suite.hash}`, suite);
  return {
    ...first,
    id: runs.map((run) => run.id).join(' + '),
    started_at: latest(runs.map((run) => run.started_at)),
    suites: [...suites.values()],
    candidates: runs.flatMap((run) =>
      run.candidates.map((stamp): CandidateStamp => ({ ...stamp, candidate: naming(run, stamp.candidate) })),
    ),
    trials: runs.reduce((sum, run) => sum + run.trials, 0),
  };
}

function endOf(
  ends: readonly { readonly run: RunLine; readonly end: EndLine }[],
  runs: readonly RunLine[],
  naming: Naming,
): EndLine {
  return {
    type: 'end',
    ended_at: latest(ends.map(({ end }) => end.ended_at)),
    complete: ends.length === runs.length && ends.every(({ end }) => end.complete),
    held: Object.fromEntries(
      ends.flatMap(({ run, end }) =>
        Object.entries(end.held).map(([candidate, reasons]) => [naming(run, candidate), reasons]),
      ),
    ),
    sandboxes: Object.assign({}, ...ends.map(({ end }) => end.sandboxes)),
    sandbox_use: added(ends.map(({ end }) => end.sandbox_use)),
    warnings: [...mixedSuites(runs), ...ends.flatMap(({ end }) => end.warnings)],
  };
}

function added(uses: readonly EndLine['sandbox_use'][]): EndLine['sandbox_use'] {
  const sum: Record<string, SandboxUse> = {};
  for (const [language, { programs, replaced }] of uses.flatMap((use) => Object.entries(use))) {
    const before = sum[language] ?? { programs: 0, replaced: 0 };
    sum[language] = { programs: before.programs + programs, replaced: before.replaced + replaced };
  }
  return sum;
}

/** Rates over different cases are no comparison: that is said, not hidden. */
function mixedSuites(runs: readonly RunLine[]): string[] {
  const hashes = new Map<string, Set<string>>();
  for (const { name, hash } of runs.flatMap((run) => run.suites)) {
    hashes.set(name, (hashes.get(name) ?? new Set()).add(hash));
  }
  return [...hashes]
    .filter(([, versions]) => versions.size > 1)
    .map(([name]) => `the suite ${name} is not the same in these runs: their figures are of different cases`);
}

/** UTC stamps sort as texts. */
function latest(stamps: readonly string[]): string {
  return [...stamps].sort().at(-1) ?? '';
}
