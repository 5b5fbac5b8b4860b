import type { Question } from '../domain/trial.js';

/** How a request names its case to our own simulated server: a pretend model cannot read the prompt. */
const HEADER = 'x-bench-label';

export type Label = Question['label'];

/** Header values are Latin-1 at best, names in a suite are not. */
export function labelHeader(label: Label): Record<string, string> {
  return {
    [HEADER]: encodeURIComponent(
      JSON.stringify([label.suite, label.case, label.sample, label.judges ?? 0, label.truth ?? null]),
    ),
  };
}

export function readLabel(headers: Readonly<Record<string, string>>): Label | null {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(headers[HEADER] ?? ''));
    if (!Array.isArray(parsed)) return null;
    const [suite, asked, sample, judges = 0, truth = null] = parsed as readonly unknown[];
    if (typeof suite !== 'string' || typeof asked !== 'string' || typeof sample !== 'number') return null;
    return {
      suite,
      case: asked,
      sample,
      ...(typeof judges === 'number' && judges !== 0 ? { judges } : {}),
      ...(Array.isArray(truth) ? { truth: truth.map(Boolean) } : {}),
    };
  } catch {
    return null;
  }
}
