/** One answer through the scorers of a case, in the real sandboxes. */
import type { Check } from '../../src/domain/grade.js';
import { readHere } from '../../src/grading/reader.js';
import { backends } from '../../src/grading/sandboxes/index.js';
import { openSandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { scorers } from '../../src/grading/scorers/index.js';
import { edges, limits } from './sandbox-edges.js';

export interface Asked {
  readonly language: string;
  /** Keys of the case, as YAML has them. */
  readonly keys: Readonly<Record<string, unknown>>;
  readonly entry?: string;
  readonly solution?: string;
}

/** Two sandboxes at a time; to be closed. */
export function openScoring() {
  const sandboxes = openSandboxes(backends, 2, edges, () => {});
  const tools = { ...readHere, ...sandboxes };
  return {
    close: sandboxes.close,
    async checks(
      { language, keys, entry = undefined, solution = undefined }: Asked,
      code: string,
    ): Promise<readonly Check[]> {
      const used = scorers.filter(({ key, stands }) => stands === 'case' && keys[key] !== undefined);
      const checks: Check[] = [];
      for (const scorer of used) {
        const given = scorer.companion === undefined ? undefined : keys[scorer.companion.key];
        const scoring = scorer.bind(keys[scorer.key], { weight: 1, required: scorer.required }, given);
        const context = {
          language,
          entry: entry ?? null,
          solution: solution ?? null,
          forbidden: [],
          limits,
          task: '',
          judgements: [],
        };
        checks.push(
          ...(await scoring.judge({ kind: 'code', code, method: 'fence', text: code }, context, tools)),
        );
      }
      return checks;
    },
  };
}
