/** A run's cases and trials for the page's script: columns and a table of texts, deflated, base64. */
import { deflateSync, strToU8 } from 'fflate';
import type { AttemptRecord } from '../../domain/attempt-record.js';
import type { Check } from '../../domain/grade.js';
import type { TrialRecord } from '../../domain/record.js';
import type { ShownCase } from '../case-view.js';
import type { Beside } from './answers.js';
import type { PackedAttempt, PackedChecks, PackedRun } from './packed.js';

/** What a run is compared with. */
export interface Before {
  readonly name: string;
  /** Of this run's candidates -> of the baseline's, where that is another. */
  readonly candidates: ReadonlyMap<string, string>;
  readonly cases: readonly ShownCase[];
}

/** `beside`: where the answers are, if they are not to be here. */
export function pack(
  cases: readonly ShownCase[],
  before: Before | null = null,
  beside: Beside | null = null,
): PackedRun {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string | null | undefined): number => {
    if (text === null || text === undefined) return -1;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, texts.length);
    return texts.push(text) - 1;
  };
  const lists: (readonly number[])[] = [];
  const listPlaces = new Map<string, number>();
  const listOf = (names: readonly number[]): number => {
    const key = names.join(' ');
    const known = listPlaces.get(key) ?? lists.push(names) - 1;
    listPlaces.set(key, known);
    return known;
  };
  const all = cases.flatMap((shown, at) => shown.trials.map((trial) => ({ ...trial, at })));
  const hasAnswers = beside === null;
  const names = new Map(all.map(({ record, simulated }) => [record.candidate, simulated]));
  const order = [...names.keys()];
  const suites = new Set(cases.map(({ suite }) => suite));
  const of = <T>(read: (record: TrialRecord) => T): T[] => all.map(({ record }) => read(record));
  const earlier = new Map(
    (before?.cases ?? []).flatMap(({ trials }) =>
      trials.map((trial) => [placeOf(trial.record), trial] as const),
    ),
  );
  // An answer and its code beside each other: deflate looks back 32 KB, and writes the second for nearly nothing.
  const written = all.map(({ record, code }) => {
    const candidate = before?.candidates.get(record.candidate) ?? record.candidate;
    const was = earlier.get(placeOf({ ...record, candidate }));
    const verdict = place(was?.record.verdict);
    if (!hasAnswers) return { answer: -1, code: -1, before: -1, verdict };
    return {
      answer: place(record.completion?.text),
      code: place(code),
      before: place(was?.code),
      verdict,
    };
  });
  return {
    candidates: [...names].map(([name, simulated]) => ({ name, simulated })),
    cases: cases.map(({ suite, id, category, asked, trials }) => ({
      row: rowOf(suite, id, suites.size > 1),
      id,
      suite,
      category,
      language: asked?.language ?? trials[0]?.record.language ?? null,
      system: place(asked?.system),
      prompt: place(asked?.prompt),
    })),
    trials: {
      case: all.map(({ at }) => at),
      candidate: of(({ candidate }) => order.indexOf(candidate)),
      sample: of(({ sample }) => sample),
      verdict: of(({ verdict }) => place(verdict)),
      outcome: of(({ outcome }) => place(outcome)),
      answered_by: of((record) => place(record.answered_by)),
      score: of(({ score }) => score),
      latency_ms: of((record) => record.latency_ms),
      waited_ms: of((record) => Math.round(record.queue_ms + record.pace_ms + record.backoff_ms)),
      cost_usd: of((record) => record.cost_usd),
      answer: written.map(({ answer }) => answer),
      code: written.map(({ code }) => code),
      code_before: written.map((one) => one.before),
      verdict_before: written.map(({ verdict }) => verdict),
      checks: of(({ checks }) => packedChecks(checks, place, listOf)),
      attempts: of(({ attempts }) => attempts.map((attempt) => packedAttempt(attempt, place))),
    },
    baseline: before?.name ?? null,
    check_lists: lists,
    beside: beside === null ? null : besideRecord(beside),
    texts,
  };
}

const besideRecord = ({ chars, folder, pages }: Beside): PackedRun['beside'] => ({
  note: `${Math.round(chars / 1e6)} MB of answers and their code are in the folder ${folder}`,
  pages: pages.map((page) => `${encodeURIComponent(folder)}/${page}`),
});

const placeOf = ({ suite, case: id, candidate, sample }: TrialRecord): string =>
  JSON.stringify([suite, id, candidate, sample]);

/** Also of the heat map's rows. */
export const rowOf = (suite: string, id: string, hasSuites: boolean): string =>
  `case/${hasSuites ? `${suite}/` : ''}${id}`;

function packedChecks(
  checks: readonly Check[],
  place: (text: string | null) => number,
  listOf: (names: readonly number[]) => number,
): PackedChecks {
  const results = checks.map(({ score, passed }) => (score === null ? 'e' : passed ? 'p' : 'f'));
  const details = checks.flatMap(({ detail }, at) => (detail === null ? [] : [at, place(detail)]));
  return [listOf(checks.map(({ name }) => place(name))), results.join(''), details];
}

function packedAttempt(
  { model, outcome, status, total_ms, wait_ms, message }: AttemptRecord,
  place: (text: string | null | undefined) => number,
): PackedAttempt {
  return [place(model), place(outcome), status, Math.round(total_ms), Math.round(wait_ms), place(message)];
}

/** Deflate without a header, as `DecompressionStream('deflate-raw')` reads it. The same bytes on every machine. */
export function squeezed(run: PackedRun): string {
  return Buffer.from(deflateSync(strToU8(JSON.stringify(run)), { level: 9 })).toString('base64');
}
