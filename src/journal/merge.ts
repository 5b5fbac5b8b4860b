/**
 * Shards -> one journal. What comes out depends on what goes in alone, not on its order or on what was merged before:
 * joining is associative, commutative and idempotent.
 */
import type {
  AskedLine,
  AttemptLine,
  EndLine,
  Held,
  JournalLine,
  PartRecord,
  RotationRecord,
  RunLine,
  TrialRecord,
} from '../domain/record.js';

/** A journal that is read. */
export interface Merging {
  /** For messages. */
  readonly path: string;
  readonly lines: AsyncIterable<JournalLine>;
}

export interface Merged {
  readonly run: RunLine;
  readonly lines: Iterable<JournalLine>;
  readonly complete: boolean;
  /** Shards that are not there, from 1. */
  readonly missing: readonly number[];
  readonly of: number;
}

interface Problem {
  readonly problem: string;
}

export async function merge(
  inputs: readonly Merging[],
  idOf: (run: RunLine, startedAt: string) => string,
): Promise<Merged | Problem> {
  const parts = new Map<string, PartRecord>();
  const heads: { readonly path: string; readonly run: RunLine }[] = [];
  const asked = new Map<string, AskedLine>();
  const trials = new Map<string, { readonly text: string; readonly path: string }>();
  /** Lines that may be alike by right: of each as many as the input with most of them has. */
  const others = new Map<string, number>();
  const sandboxes: Record<string, string> = {};
  const warnings = new Set<string>();
  for (const { path, lines } of inputs) {
    let run: RunLine | null = null;
    let end: EndLine | null = null;
    const here = new Map<string, number>();
    for await (const line of lines) {
      switch (line.type) {
        case 'run': {
          run ??= line;
          const problem = differenceOf(heads[0], { path, run });
          if (problem !== null) return { problem };
          heads.push({ path, run });
          break;
        }
        case 'asked':
          asked.set(JSON.stringify([line.suite, line.id]), line);
          break;
        case 'trial': {
          const text = JSON.stringify(line);
          const before = trials.get(line.trial);
          if (before !== undefined && before.text !== text) {
            return {
              problem: `${before.path} and ${path} have each an answer of ${line.candidate} to ${line.category}/${line.case} (sample ${line.sample}), and not the same: leave one of them out`,
            };
          }
          trials.set(line.trial, { text, path });
          break;
        }
        case 'attempt':
          here.set(JSON.stringify(line), (here.get(JSON.stringify(line)) ?? 0) + 1);
          break;
        case 'event':
          if (line.kind === 'rotation')
            here.set(JSON.stringify(line), (here.get(JSON.stringify(line)) ?? 0) + 1);
          break;
        case 'end':
          end = line;
          break;
        default:
          line satisfies never;
      }
    }
    for (const [text, count] of here) others.set(text, Math.max(count, others.get(text) ?? 0));
    if (run === null) return { problem: `${path}: no run in there` };
    for (const [language, sandbox] of Object.entries(end?.sandboxes ?? {})) {
      const known = sandboxes[language];
      if (known !== undefined && known !== sandbox) {
        return {
          problem: `${language} ran in ${known} and, in ${path}, in ${sandbox}: that is not one measurement`,
        };
      }
      sandboxes[language] = sandbox;
    }
    for (const warning of end?.warnings ?? []) warnings.add(warning);
    for (const part of partsOf(run, end)) parts.set(`${part.index} ${part.id}`, part);
  }
  return joined({ parts: [...parts.values()], heads, asked, trials, others, sandboxes, warnings }, idOf);
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
  readonly trials: ReadonlyMap<string, { readonly text: string }>;
  readonly others: ReadonlyMap<string, number>;
  readonly sandboxes: Readonly<Record<string, string>>;
  readonly warnings: ReadonlySet<string>;
}

function joined(
  { parts: all, heads, asked, trials, others, sandboxes, warnings }: Gathered,
  idOf: (run: RunLine, startedAt: string) => string,
): Merged | Problem {
  const parts = [...all].sort((a, b) => a.index - b.index || (a.id < b.id ? -1 : 1));
  const [first] = parts;
  const head = headOf(heads.map(({ run }) => run));
  if (first === undefined || head === null) return { problem: 'there is nothing to merge' };
  const other = parts.find(({ of }) => of !== first.of);
  if (other !== undefined) {
    return { problem: `${first.id} is one of ${first.of} shards, and ${other.id} one of ${other.of}` };
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
  const complete = missing.length === 0 && trials.size >= run.trials;
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
  return { run, complete, missing, of: first.of, lines: linesOf(run, asked, trials, others, end) };
}

/** The same one, whatever the order: the one of the lowest part, which merged runs carry on. */
function headOf(runs: readonly RunLine[]): RunLine | null {
  const key = (run: RunLine) => {
    const [lowest] = partsOf(run, null);
    return `${String(lowest?.index ?? 0).padStart(9, '0')} ${lowest?.id ?? ''}`;
  };
  return [...runs].sort((a, b) => (key(a) < key(b) ? -1 : 1))[0] ?? null;
}

function* linesOf(
  run: RunLine,
  asked: Gathered['asked'],
  trials: Gathered['trials'],
  others: Gathered['others'],
  end: EndLine,
): Iterable<JournalLine> {
  yield run;
  for (const key of [...asked.keys()].sort()) {
    const line = asked.get(key);
    if (line !== undefined) yield line;
  }
  for (const text of [...others.keys()].sort()) {
    for (let count = others.get(text) ?? 0; count > 0; count--)
      yield JSON.parse(text) as AttemptLine | RotationRecord;
  }
  for (const id of [...trials.keys()].sort()) yield JSON.parse(trials.get(id)?.text ?? '') as TrialRecord;
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
