/**
 * What figures need of each trial, in columns beside the heap: a run has a hundred thousand of them, and as objects they
 * were half of all the memory that a run took.
 */
import type { Verdict } from '../domain/grade.js';
import { wordsOfAny } from '../domain/ids.js';
import type { TrialRecord } from '../domain/record.js';
import type { Grouping } from '../domain/summary.js';
import { textWord } from './identical.js';

export interface SlimTrial {
  /** Of suite and case. */
  readonly caseKey: string;
  readonly case: string;
  /** Its category, or its tags, or whatever trials are grouped by. */
  readonly groups: readonly string[];
  readonly candidate: string;
  readonly answeredBy: string | null;
  readonly verdict: Verdict | null;
  readonly score: number | null;
  readonly outcome: TrialRecord['outcome'];
  /** With the last attempt of a trial that was not answered. */
  readonly serverSaid: string | null;
  readonly extraction: string | null;
  /** What the sandbox lacked for it. */
  readonly lack: string | null;
  /** A hash of what the answer says; 0: nothing. */
  readonly text: number;
  readonly latencyMs: number | null;
  readonly ttftMs: number | null;
  readonly costUsd: number | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly attempts: number;
  readonly queueMs: number;
  readonly paceMs: number;
  readonly backoffMs: number;
}

export interface SlimTrials {
  /** A later line of the same trial takes the place of the one before. */
  set(line: TrialRecord): void;
  has(trial: string): boolean;
  /** By their ids; nothing is to be added after. */
  sorted(): TrialTable;
}

/** Trials of which each is an object only while it is looked at. */
export interface TrialTable extends Iterable<SlimTrial> {
  readonly length: number;
  where(wanted: (trial: SlimTrial) => boolean): TrialTable;
  /** Those of each key, in the order of the keys' first ones; one trial may have several keys, or none. */
  byKeys(keysOf: (trial: SlimTrial) => readonly string[]): Map<string, TrialTable>;
}

/** The module or global that a trial could not be judged without; null: it was judged, or something else was wrong. */
export function lackIn({ verdict, checks }: TrialRecord): string | null {
  return verdict === 'error' ? (checks.find(({ lack }) => lack !== undefined)?.lack ?? null) : null;
}

export function slimTrials(by: Grouping): SlimTrials {
  const columns = openColumns();
  const [high, low] = [words(), words()];
  let length = 0;
  let known: Set<string> | null = null;
  const caseKeyOf = caseKeys();
  const groupsOf = groupings(by);
  const inOrder = (a: number, b: number) => high.at(a) - high.at(b) || low.at(a) - low.at(b);
  return {
    set(line) {
      const row = length++;
      const [highWord, lowWord] = wordsOfAny(line.trial);
      high.set(row, highWord);
      low.set(row, lowWord);
      const { usage } = line.completion ?? { usage: null };
      columns.caseKey.set(row, caseKeyOf(line));
      columns.case.set(row, line.case);
      columns.groups.set(row, groupsOf(line));
      columns.candidate.set(row, line.candidate);
      columns.answeredBy.set(row, line.answered_by);
      columns.verdict.set(row, line.verdict);
      columns.score.set(row, line.score);
      columns.outcome.set(row, line.outcome);
      columns.serverSaid.set(
        row,
        line.verdict === 'unanswered' ? (line.attempts.at(-1)?.message ?? null) : null,
      );
      columns.extraction.set(row, line.extraction?.outcome ?? null);
      columns.lack.set(row, lackIn(line));
      columns.text.set(row, textWord(line));
      columns.latencyMs.set(row, line.latency_ms);
      columns.ttftMs.set(row, line.ttft_ms);
      columns.costUsd.set(row, line.cost_usd);
      columns.promptTokens.set(row, usage?.prompt_tokens ?? null);
      columns.completionTokens.set(row, usage?.completion_tokens ?? null);
      columns.attempts.set(row, line.attempts.length);
      columns.queueMs.set(row, line.queue_ms);
      columns.paceMs.set(row, line.pace_ms);
      columns.backoffMs.set(row, line.backoff_ms);
    },
    has(trial) {
      known ??= new Set(Array.from({ length }, (_, row) => `${high.at(row)} ${low.at(row)}`));
      return known.has(wordsOfAny(trial).join(' '));
    },
    sorted() {
      const rows = Uint32Array.from({ length }, (_, row) => row).sort((a, b) => inOrder(a, b) || a - b);
      const last = rows.filter((row, at) => at + 1 === length || inOrder(row, rows[at + 1] as number) !== 0);
      return tableOf(columns, last);
    },
  };
}

function tableOf(columns: Columns, rows: Uint32Array): TrialTable {
  return {
    length: rows.length,
    *[Symbol.iterator]() {
      for (const row of rows) yield new Row(columns, row);
    },
    where: (wanted) =>
      tableOf(
        columns,
        rows.filter((row) => wanted(new Row(columns, row))),
      ),
    byKeys(keysOf) {
      const counts = new Map<string, number>();
      for (const row of rows) {
        for (const key of keysOf(new Row(columns, row))) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const groups = new Map(
        [...counts].map(([key, count]) => [key, { rows: new Uint32Array(count), length: 0 }]),
      );
      for (const row of rows) {
        for (const key of keysOf(new Row(columns, row))) {
          const group = groups.get(key);
          if (group !== undefined) group.rows[group.length++] = row;
        }
      }
      return new Map([...groups].map(([key, group]) => [key, tableOf(columns, group.rows)]));
    },
  };
}

type Columns = ReturnType<typeof openColumns>;

function openColumns() {
  return {
    caseKey: values<string>(),
    case: values<string>(),
    groups: values<readonly string[]>(),
    candidate: values<string>(),
    answeredBy: values<string | null>(),
    verdict: values<Verdict | null>(),
    score: numbers(),
    outcome: values<TrialRecord['outcome']>(),
    serverSaid: values<string | null>(),
    extraction: values<string | null>(),
    lack: values<string | null>(),
    text: words(),
    latencyMs: numbers(),
    ttftMs: numbers(),
    costUsd: numbers(),
    promptTokens: numbers(),
    completionTokens: numbers(),
    attempts: numbers(),
    queueMs: numbers(),
    paceMs: numbers(),
    backoffMs: numbers(),
  };
}

/** A class for once: what is read through its prototype takes no room in each of them. */
class Row implements SlimTrial {
  readonly #columns: Columns;
  readonly #row: number;

  constructor(columns: Columns, row: number) {
    this.#columns = columns;
    this.#row = row;
  }
  get caseKey() {
    return this.#columns.caseKey.at(this.#row);
  }
  get case() {
    return this.#columns.case.at(this.#row);
  }
  get groups() {
    return this.#columns.groups.at(this.#row);
  }
  get candidate() {
    return this.#columns.candidate.at(this.#row);
  }
  get answeredBy() {
    return this.#columns.answeredBy.at(this.#row);
  }
  get verdict() {
    return this.#columns.verdict.at(this.#row);
  }
  get score() {
    return this.#columns.score.at(this.#row);
  }
  get outcome() {
    return this.#columns.outcome.at(this.#row);
  }
  get serverSaid() {
    return this.#columns.serverSaid.at(this.#row);
  }
  get extraction() {
    return this.#columns.extraction.at(this.#row);
  }
  get lack() {
    return this.#columns.lack.at(this.#row);
  }
  get text() {
    return this.#columns.text.at(this.#row);
  }
  get latencyMs() {
    return this.#columns.latencyMs.at(this.#row);
  }
  get ttftMs() {
    return this.#columns.ttftMs.at(this.#row);
  }
  get costUsd() {
    return this.#columns.costUsd.at(this.#row);
  }
  get promptTokens() {
    return this.#columns.promptTokens.at(this.#row);
  }
  get completionTokens() {
    return this.#columns.completionTokens.at(this.#row);
  }
  get attempts() {
    return this.#columns.attempts.at(this.#row) ?? 0;
  }
  get queueMs() {
    return this.#columns.queueMs.at(this.#row) ?? 0;
  }
  get paceMs() {
    return this.#columns.paceMs.at(this.#row) ?? 0;
  }
  get backoffMs() {
    return this.#columns.backoffMs.at(this.#row) ?? 0;
  }
}

interface Column<T> {
  set(row: number, value: T): void;
  at(row: number): T;
}

/** Rows of a piece are a power of two, and found by its bits: columns grow without being copied. */
const PIECE_BITS = 12;
const PIECE_ROWS = 1 << PIECE_BITS;

/** Not a number stands for null, which no line of a journal can hold otherwise. */
function numbers(): Column<number | null> {
  const cells = pieces(() => new Float64Array(PIECE_ROWS).fill(Number.NaN), Number.NaN);
  return {
    set(row, value) {
      if (value !== null) cells.set(row, value);
    },
    at(row) {
      const value = cells.at(row);
      return Number.isNaN(value) ? null : value;
    },
  };
}

/** From 0 to 2^32 - 1. */
function words(): Column<number> {
  const cells = pieces(() => new Uint32Array(PIECE_ROWS), 0);
  return {
    set(row, value) {
      if (value !== 0) cells.set(row, value);
    },
    at: cells.at,
  };
}

/** A piece in which nothing was set is not there. */
function pieces(open: () => Float64Array | Uint32Array, unset: number): Column<number> {
  const opened: (Float64Array | Uint32Array)[] = [];
  return {
    set(row, value) {
      const index = row >>> PIECE_BITS;
      const piece = opened[index] ?? open();
      opened[index] = piece;
      piece[row & (PIECE_ROWS - 1)] = value;
    },
    at: (row) => opened[row >>> PIECE_BITS]?.[row & (PIECE_ROWS - 1)] ?? unset,
  };
}

/** Few are different: each is kept once. Lists are the same where they are one. */
function values<T extends string | readonly string[] | null>(): Column<T> {
  const codes = words();
  const codeOf = new Map<T, number>();
  const known: T[] = [];
  return {
    set(row, value) {
      const code = codeOf.get(value) ?? known.length;
      if (code === known.length) {
        codeOf.set(value, code);
        known.push(value);
      }
      codes.set(row, code);
    },
    at: (row) => known[codes.at(row)] as T,
  };
}

/** One text for each case, made once: lines are many more. */
function caseKeys(): (line: TrialRecord) => string {
  const suites = new Map<string, Map<string, string>>();
  return ({ suite, case: id }) => {
    const own = suites.get(suite) ?? new Map<string, string>();
    suites.set(suite, own);
    const key = own.get(id) ?? JSON.stringify([suite, id]);
    own.set(id, key);
    return key;
  };
}

/** One list for all trials that are in the same groups. */
function groupings(by: Grouping): (line: TrialRecord) => readonly string[] {
  const ofOne = new Map<string, readonly string[]>();
  const ofMany = new Map<string, readonly string[]>();
  return (line) => {
    const groups = groupsOf(line, by);
    const [one, ...more] = groups;
    const isOne = one !== undefined && more.length === 0;
    const [lists, key] = isOne ? [ofOne, one] : [ofMany, JSON.stringify(groups)];
    const known = lists.get(key) ?? groups;
    lists.set(key, known);
    return known;
  };
}

function groupsOf(line: TrialRecord, by: Grouping): readonly string[] {
  switch (by) {
    case 'category':
      return [line.category];
    case 'language':
      return [line.language ?? 'no language'];
    case 'tag':
      return line.tags ?? [];
    case 'case':
      return [`${line.category}/${line.case}`];
    default:
      return by satisfies never;
  }
}
