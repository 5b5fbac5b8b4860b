/**
 * The trials of a plan, in the order of asking. A hundred thousand of them are three numbers each beside the heap, and an
 * object only while one is looked at.
 */
import type { Candidate } from './candidate.js';
import { hashOfWords, trialId, wordsOf } from './ids.js';
import type { Case } from './suite.js';
import type { Trial } from './trial.js';

export interface Trials extends Iterable<Trial> {
  readonly length: number;
  /** From 0, and less than the length. */
  at(place: number): Trial;
  where(wanted: (trial: Trial) => boolean): Trials;
  /** What is asked of whom, trial by trial, without their ids: those are what takes time. */
  unnamed(): Iterable<Pick<Trial, 'suite' | 'case' | 'candidate'>>;
  /** By their ids, and one id by what the hashes of its cases are. */
  sorted(): Trials;
  /** Those of each candidate, by its name, in the order of their first ones. */
  byCandidate(): Map<string, Trials>;
  /** The same trials, with the same ids, asked of somebody else. */
  askedOf(standIn: (candidate: Candidate) => Candidate): Trials;
}

export interface TrialList {
  /** Least memory where one case's trials follow one another. */
  add(suite: string, asked: Case, candidate: Candidate, sample: number): void;
  done(): Trials;
}

/** Case, candidate, sample. */
const WIDTH = 3;

interface Table {
  readonly cases: readonly Case[];
  /** Of the case at the same place. */
  readonly suites: readonly string[];
  /** Whose trials they are by their ids. */
  readonly candidates: readonly Candidate[];
  /** Who is asked. */
  readonly asked: readonly Candidate[];
  readonly cells: Uint32Array;
  readonly idOf: typeof trialId;
  /** Ids that were asked for, where they are hashes: eight bytes each, and none is zero. */
  readonly kept: Uint32Array;
}

/** `idOf`: for trials that no journal will name. */
export function trialList(idOf = trialId): TrialList {
  const cases: Case[] = [];
  const suites: string[] = [];
  const candidates: Candidate[] = [];
  const placeOf = new Map<Candidate, number>();
  let cells = new Uint32Array(64 * WIDTH);
  let length = 0;
  return {
    add(suite, asked, candidate, sample) {
      if (asked !== cases.at(-1) || suite !== suites.at(-1)) {
        cases.push(asked);
        suites.push(suite);
      }
      const place = placeOf.get(candidate) ?? candidates.push(candidate) - 1;
      placeOf.set(candidate, place);
      if ((length + 1) * WIDTH > cells.length) {
        const wider = new Uint32Array(cells.length * 2);
        wider.set(cells);
        cells = wider;
      }
      cells.set([cases.length - 1, place, sample], length * WIDTH);
      length += 1;
    },
    done() {
      const table = {
        cases,
        suites,
        candidates,
        asked: candidates,
        cells,
        idOf,
        kept: new Uint32Array(2 * length),
      };
      return some(
        table,
        Uint32Array.from({ length }, (_, place) => place),
      );
    },
  };
}

function some(table: Table, rows: Uint32Array): Trials {
  const at = (place: number) => trialAt(table, rows[place] ?? Number.NaN);
  return {
    length: rows.length,
    at,
    *[Symbol.iterator]() {
      for (let place = 0; place < rows.length; place++) yield at(place);
    },
    *unnamed() {
      const { cells, suites, cases, asked } = table;
      for (const row of rows) {
        const place = cells[row * WIDTH] as number;
        const candidate = asked[cells[row * WIDTH + 1] as number] as Candidate;
        yield { suite: suites[place] as string, case: cases[place] as Case, candidate };
      }
    },
    where: (wanted) =>
      some(
        table,
        rows.filter((row) => wanted(trialAt(table, row))),
      ),
    sorted: () => some(table, sortedRows(table, rows)),
    byCandidate() {
      const own = new Map<number, string>();
      for (const row of rows) {
        const place = table.cells[row * WIDTH + 1] ?? 0;
        if (!own.has(place)) own.set(place, table.asked[place]?.name ?? '');
      }
      // One name is one candidate's, in however many suites it is written.
      return new Map(
        [...new Set(own.values())].map((name) => [
          name,
          some(
            table,
            rows.filter((row) => own.get(table.cells[row * WIDTH + 1] ?? 0) === name),
          ),
        ]),
      );
    },
    askedOf: (standIn) => some({ ...table, asked: table.asked.map(standIn) }, rows),
  };
}

/** By the words of their ids where there are some: a text for each trial would be the most memory that a run takes. */
function sortedRows(table: Table, rows: Uint32Array): Uint32Array {
  for (const row of rows) idAt(table, row);
  const { kept, cases, cells } = table;
  const high = (row: number) => kept[2 * row] as number;
  const low = (row: number) => kept[2 * row + 1] as number;
  const isKept = (row: number) => high(row) !== 0 || low(row) !== 0;
  const hash = (row: number) => (cases[cells[row * WIDTH] as number] as Case).hash;
  return rows.slice().sort((a, b) => {
    const byId =
      isKept(a) && isKept(b) ? high(a) - high(b) || low(a) - low(b) : inOrder(idAt(table, a), idAt(table, b));
    return byId || inOrder(hash(a), hash(b));
  });
}

/** By code unit. */
function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function trialAt(table: Table, row: number): Trial {
  const { cells, suites, cases, asked } = table;
  const place = cells[row * WIDTH] as number;
  return {
    id: idAt(table, row),
    suite: suites[place] as string,
    case: cases[place] as Case,
    candidate: asked[cells[row * WIDTH + 1] as number] as Candidate,
    sample: cells[row * WIDTH + 2] as number,
  };
}

/** Of whoever the trial is, not of who is asked. */
function idAt({ cells, suites, cases, candidates, idOf, kept }: Table, row: number): string {
  const high = kept[2 * row];
  const low = kept[2 * row + 1];
  if (high === undefined || low === undefined) throw new RangeError('there is no such trial');
  if (high !== 0 || low !== 0) return hashOfWords(high, low);
  const place = cells[row * WIDTH] as number;
  const candidate = candidates[cells[row * WIDTH + 1] as number] as Candidate;
  const id = idOf(suites[place] as string, cases[place] as Case, candidate, cells[row * WIDTH + 2] as number);
  kept.set(wordsOf(id) ?? [], 2 * row);
  return id;
}
