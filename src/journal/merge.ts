/**
 * Shards -> one journal. What comes out depends on what goes in alone, not on its order or on what was merged before:
 * joining is associative, commutative and idempotent.
 */

import type { Problem } from '../domain/errors/diagnostic.js';
import type {
  AskedLine,
  EndLine,
  Held,
  JournalLine,
  PartRecord,
  RotationRecord,
  RunLine,
} from '../domain/record.js';
import type { GlimpsedLine, LineText, PlacedLine } from './journal.js';
import { parseLine } from './line.js';

/** A journal that is read: once from its start to its end, and then here and there. Its answers are copied, and not read. */
export interface Merging {
  /** For messages. */
  readonly path: string;
  readonly lines: AsyncIterable<PlacedLine>;
  readonly textAt: (from: number, bytes: number) => LineText;
}

export interface Merged {
  readonly run: RunLine;
  readonly lines: AsyncIterable<Exclude<JournalLine, GlimpsedLine> | CopiedLine>;
  readonly complete: boolean;
  /** Shards that are not there, from 1. */
  readonly missing: readonly number[];
  readonly of: number;
}

/** A line as it lies in one of the journals. */
export interface CopiedLine extends LineText {
  readonly type: 'copied';
}

interface Place {
  readonly of: Merging;
  readonly from: number;
  readonly bytes: number;
}

/** Where the lines of a trial are: its own, and those of what was asked for it. */
interface Entry {
  trial: Place | null;
  readonly attempts: readonly Place[];
}

export async function merge(
  inputs: readonly Merging[],
  idOf: (run: RunLine, startedAt: string) => string,
): Promise<Merged | Problem> {
  const parts = new Map<string, PartRecord>();
  const heads: { readonly path: string; readonly run: RunLine }[] = [];
  const asked = new Map<string, AskedLine>();
  const trials = new Map<string, Entry>();
  /** Lines that may be alike by right: of each as many as the input with most of them has. */
  const rotations = new Map<string, number>();
  const sandboxes: Record<string, string> = {};
  const warnings = new Set<string>();
  for (const input of inputs) {
    const { path } = input;
    let run: RunLine | null = null;
    let end: EndLine | null = null;
    const rotated = new Map<string, number>();
    const attempts = new Map<string, Place[]>();
    for await (const { line, from, bytes } of input.lines) {
      switch (line.type) {
        case 'run': {
          run ??= line;
          const problem = differenceOf(heads[0], { path, run });
          if (problem !== null) return { code: 'merge/different-plan', problem };
          heads.push({ path, run });
          break;
        }
        case 'asked':
          asked.set(JSON.stringify([line.suite, line.id]), line);
          break;
        case 'trial': {
          const known = trials.get(line.trial);
          const before = known?.trial ?? null;
          if (before !== null) {
            const { text } = textAt({ of: input, from, bytes });
            if (textAt(before).text !== text) return disagreement(before.of.path, path, text);
          }
          if (known === undefined)
            trials.set(line.trial, { trial: { of: input, from, bytes }, attempts: NONE });
          else known.trial ??= { of: input, from, bytes };
          break;
        }
        case 'attempt': {
          const place = { of: input, from, bytes };
          const own = attempts.get(line.trial);
          if (own === undefined) attempts.set(line.trial, [place]);
          else own.push(place);
          break;
        }
        case 'event':
          if (line.kind === 'rotation')
            rotated.set(JSON.stringify(line), (rotated.get(JSON.stringify(line)) ?? 0) + 1);
          break;
        case 'end':
          end = line;
          break;
        case 'reply':
        case 'judgement':
          // Of trials that are not finished: what is merged is not resumed.
          break;
        default:
          line satisfies never;
      }
    }
    for (const [text, count] of rotated) rotations.set(text, Math.max(count, rotations.get(text) ?? 0));
    for (const [id, own] of attempts) {
      const known = trials.get(id) ?? { trial: null, attempts: NONE };
      trials.set(id, { trial: known.trial, attempts: mostOf(known.attempts, own) });
    }
    if (run === null) return { code: 'run/not-a-run', problem: `${path}: no run in there` };
    for (const [language, sandbox] of Object.entries(end?.sandboxes ?? {})) {
      const known = sandboxes[language];
      if (known !== undefined && known !== sandbox) {
        return {
          code: 'merge/different-sandbox',
          problem: `${language} ran in ${known} and, in ${path}, in ${sandbox}: results of different sandboxes cannot be merged`,
        };
      }
      sandboxes[language] = sandbox;
    }
    for (const warning of end?.warnings ?? []) warnings.add(warning);
    for (const part of partsOf(run, end)) parts.set(`${part.index} ${part.id}`, part);
  }
  return joined({ parts: [...parts.values()], heads, asked, trials, rotations, sandboxes, warnings }, idOf);
}

const NONE: readonly Place[] = [];

function textAt({ of, from, bytes }: Place): LineText {
  return of.textAt(from, bytes);
}

function disagreement(path: string, other: string, text: string): Problem {
  const line = parseLine(text, true);
  if (!('type' in line) || line.type !== 'trial')
    return { code: 'run/damaged', problem: `${other} contains an invalid trial record` };
  return {
    code: 'merge/conflict',
    problem: `${path} and ${other} have different answers of ${line.candidate} to ${line.category}/${line.case} (sample ${line.sample})`,
  };
}

/** Of lines that are alike, as many as the one with most of them has; in the order of their texts. */
function mostOf(a: readonly Place[], b: readonly Place[]): readonly Place[] {
  if (a.length === 0 && b.length === 1) return b;
  const most = new Map<string, readonly Place[]>();
  for (const places of [a, b]) {
    const alike = new Map<string, Place[]>();
    for (const place of places) {
      const { text } = textAt(place);
      const own = alike.get(text);
      if (own === undefined) alike.set(text, [place]);
      else own.push(place);
    }
    for (const [text, own] of alike) if (own.length > (most.get(text)?.length ?? 0)) most.set(text, own);
  }
  return [...most].sort(([x], [y]) => (x < y ? -1 : 1)).flatMap(([, own]) => own);
}

/** Null where both are of the same plan, measured by the same measure. */
function differenceOf(
  first: { readonly path: string; readonly run: RunLine } | undefined,
  { path, run }: { readonly path: string; readonly run: RunLine },
): string | null {
  if (run.whole === undefined)
    return `${path} was made by an older bench, which did not write down what it is a part of`;
  if (first === undefined) return null;
  const both = `${first.path} and ${path}`;
  if (first.run.environment.extraction !== run.environment.extraction) {
    return `${both} take code out of answers differently: ${first.run.environment.extraction}, ${run.environment.extraction}`;
  }
  if (first.run.whole === run.whole) return null;
  const names = (line: RunLine) => line.suites.map(({ name, hash }) => `${name} (${hash})`).join(', ');
  const candidates = (line: RunLine) =>
    line.candidates.map(({ candidate, hash }) => `${candidate} ${hash}`).join();
  if (names(first.run) !== names(run))
    return `${both} are not of the same suites: ${names(first.run)}; ${names(run)}`;
  if (candidates(first.run) !== candidates(run)) return `${both} have not the same candidates`;
  return `${both} are not parts of one plan: other samples, or other cases`;
}

function partsOf(run: RunLine, end: EndLine | null): readonly PartRecord[] {
  if (run.parts !== undefined) return run.parts;
  return [
    {
      index: run.shard?.index ?? 1,
      of: run.shard?.of ?? 1,
      id: run.id,
      started_at: run.started_at,
      ended_at: end?.ended_at ?? null,
      trials: run.trials,
      planned: Object.fromEntries(run.candidates.map(({ candidate, planned }) => [candidate, planned])),
      held: end?.held ?? {},
      sandbox_use: end?.sandbox_use ?? {},
    },
  ];
}

interface Gathered {
  readonly parts: readonly PartRecord[];
  readonly heads: readonly { readonly run: RunLine }[];
  readonly asked: ReadonlyMap<string, AskedLine>;
  readonly trials: ReadonlyMap<string, Entry>;
  readonly rotations: ReadonlyMap<string, number>;
  readonly sandboxes: Readonly<Record<string, string>>;
  readonly warnings: ReadonlySet<string>;
}

function joined(
  { parts: all, heads, asked, trials, rotations, sandboxes, warnings }: Gathered,
  idOf: (run: RunLine, startedAt: string) => string,
): Merged | Problem {
  const parts = [...all].sort((a, b) => a.index - b.index || (a.id < b.id ? -1 : 1));
  const [first] = parts;
  const head = headOf(heads.map(({ run }) => run));
  if (first === undefined || head === null)
    return { code: 'merge/nothing', problem: 'there is nothing to merge' };
  const other = parts.find(({ of }) => of !== first.of);
  if (other !== undefined) {
    return {
      code: 'merge/different-plan',
      problem: `${first.id} is one of ${first.of} shards, and ${other.id} one of ${other.of}`,
    };
  }
  // A shard that was begun twice is planned once.
  const shards = new Map(parts.map((part) => [part.index, part]));
  const started = parts.map((part) => part.started_at).sort()[0] ?? '';
  const { shard: _, plan: __, replayed_from: ___, ...rest } = head;
  const run: RunLine = {
    ...rest,
    ...(rest.command === undefined ? {} : { command: { ...rest.command, shard: null } }),
    id: idOf(head, started),
    started_at: started,
    candidates: head.candidates.map((stamp) => ({
      ...stamp,
      planned: plannedOf(stamp.candidate, [...shards.values()]),
    })),
    trials: [...shards.values()].reduce((sum, part) => sum + part.trials, 0),
    parts,
  };
  const missing = Array.from({ length: first.of }, (_, index) => index + 1).filter(
    (index) => !shards.has(index),
  );
  let finished = 0;
  for (const { trial } of trials.values()) if (trial !== null) finished += 1;
  const complete = missing.length === 0 && finished >= run.trials;
  const end: EndLine = {
    type: 'end',
    ended_at:
      parts
        .flatMap((part) => part.ended_at ?? [])
        .sort()
        .at(-1) ?? started,
    complete,
    held: addedHeld(parts),
    sandboxes: Object.fromEntries(Object.entries(sandboxes).sort(([a], [b]) => (a < b ? -1 : 1))),
    sandbox_use: addedUse(parts),
    warnings: [...warnings].sort(),
  };
  return { run, complete, missing, of: first.of, lines: linesOf(run, asked, trials, rotations, end) };
}

/** The same one, whatever the order: the one of the lowest part, which merged runs carry on. */
function headOf(runs: readonly RunLine[]): RunLine | null {
  const key = (run: RunLine) => {
    const [lowest] = partsOf(run, null);
    return `${String(lowest?.index ?? 0).padStart(9, '0')} ${lowest?.id ?? ''}`;
  };
  return [...runs].sort((a, b) => (key(a) < key(b) ? -1 : 1))[0] ?? null;
}

/** Each trial behind what was asked for it, as in a run. */
async function* linesOf(
  run: RunLine,
  asked: Gathered['asked'],
  trials: Gathered['trials'],
  rotations: Gathered['rotations'],
  end: EndLine,
): Merged['lines'] {
  yield run;
  for (const key of [...asked.keys()].sort()) {
    const line = asked.get(key);
    if (line !== undefined) yield line;
  }
  for (const text of [...rotations.keys()].sort()) {
    for (let count = rotations.get(text) ?? 0; count > 0; count--) yield JSON.parse(text) as RotationRecord;
  }
  for (const id of [...trials.keys()].sort()) {
    const { trial, attempts } = trials.get(id) ?? { trial: null, attempts: NONE };
    for (const place of attempts) yield { type: 'copied', ...textAt(place) };
    if (trial !== null) yield { type: 'copied', ...textAt(trial) };
  }
  yield end;
}

function plannedOf(candidate: string, parts: readonly PartRecord[]): Record<string, number> {
  const sum = new Map<string, number>();
  for (const { planned } of parts) {
    for (const [category, count] of Object.entries(planned[candidate] ?? {})) {
      sum.set(category, (sum.get(category) ?? 0) + count);
    }
  }
  return Object.fromEntries([...sum].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addedHeld(parts: readonly PartRecord[]): Held {
  const sum: Record<string, Record<string, number>> = {};
  for (const [candidate, reasons] of parts.flatMap(({ held }) => Object.entries(held))) {
    const own = sum[candidate] ?? {};
    sum[candidate] = own;
    for (const [reason, count] of Object.entries(reasons)) own[reason] = (own[reason] ?? 0) + (count ?? 0);
  }
  return sum;
}

function addedUse(parts: readonly PartRecord[]): EndLine['sandbox_use'] {
  const sum: Record<string, { programs: number; replaced: number }> = {};
  for (const [language, { programs, replaced }] of parts.flatMap((part) =>
    Object.entries(part.sandbox_use),
  )) {
    const own = sum[language] ?? { programs: 0, replaced: 0 };
    sum[language] = { programs: own.programs + programs, replaced: own.replaced + replaced };
  }
  return sum;
}
