/** The packed run, unpacked far enough to be looked at. */
import type { PackedCase, PackedRun } from '../packed.js';

export interface Trial {
  readonly at: number;
  /** With `~` if it is simulated. */
  readonly candidate: string;
  readonly model: string;
  readonly sample: number;
  readonly verdict: string;
}

export interface ShownCase extends PackedCase {
  readonly at: number;
  readonly trials: readonly Trial[];
}

export interface ShownCheck {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'error';
  readonly detail: string;
}

export interface Model {
  readonly run: PackedRun;
  readonly cases: readonly ShownCase[];
  readonly text: (place: number) => string | null;
}

/** From the base64 in the page. */
export async function readRun(base64: string): Promise<PackedRun> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

export function modelOf(run: PackedRun): Model {
  const text = (place: number) => run.texts[place] ?? null;
  const trials = run.cases.map((): Trial[] => []);
  for (const [at, of] of run.trials.case.entries()) {
    const candidate = run.candidates[run.trials.candidate[at] ?? -1];
    trials[of]?.push({
      at,
      candidate: candidate === undefined ? '' : `${candidate.simulated ? '~' : ''}${candidate.name}`,
      model: candidate?.name ?? '',
      sample: run.trials.sample[at] ?? 0,
      // A trial without an answer has no verdict of its own.
      verdict: text(run.trials.verdict[at] ?? -1) ?? 'unanswered',
    });
  }
  return { run, text, cases: run.cases.map((one, at) => ({ ...one, at, trials: trials[at] ?? [] })) };
}

const RESULTS = { p: 'passed', f: 'failed', e: 'error' } as const;

export function checksOf(at: number, { run, text }: Model): readonly ShownCheck[] {
  const [list, results, details] = run.trials.checks[at] ?? [-1, '', []];
  const detailOf = new Map<number, string>();
  for (let index = 0; index < details.length; index += 2)
    detailOf.set(details[index] ?? -1, text(details[index + 1] ?? -1) ?? '');
  return (run.check_lists[list] ?? []).map((name, index) => ({
    name: text(name) ?? '',
    result: RESULTS[results[index] as keyof typeof RESULTS] ?? 'error',
    detail: detailOf.get(index) ?? '',
  }));
}
