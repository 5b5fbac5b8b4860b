/** Regular expressions over the code, or over the answer as it came: `matches` and `text_matches`. */
import { z } from 'zod';
import type { Check, JudgeTools } from '../../../domain/grade.js';
import { SEARCH_LIMIT_MS } from '../../search-in-time.js';
import { described } from '../described.js';
import { defineScorer } from '../scorer.js';
import { type Finding, noCode } from './static-check.js';

const pattern = z.union(
  [
    z
      .string()
      .min(1, 'a pattern')
      .transform((text) => ({ pattern: text, flags: '', absent: false })),
    z
      .strictObject({
        pattern: described(z.string().min(1, 'a pattern'), 'A JavaScript regular expression.', 'yield\\s'),
        flags: described(z.string().optional(), 'Of those: i, m, s, u.', 'i'),
        absent: described(z.boolean().optional(), 'It must not be found.', true),
      })
      .transform(({ pattern: text, flags = '', absent = false }) => ({ pattern: text, flags, absent })),
  ],
  { error: 'a pattern, or { pattern, flags, absent }' },
);
const options = pattern.refine(({ pattern: text, flags }) => compiles(text, flags), {
  error: 'a regular expression that JavaScript takes, with flags of i, m, s and u',
});

type Options = z.output<typeof options>;

const stamp = ({ pattern: text, flags, absent }: Options) => ({ pattern: text, flags, absent });

function compiles(text: string, flags: string): boolean {
  if (!/^[imsu]*$/.test(flags)) return false;
  try {
    return new RegExp(text, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

/** More steps than this may take longer than setting a limit of time does. */
const QUICK_STEPS = 1e6;

/**
 * Whether a search can be let go without a limit: a backtracking matcher tries at most length^(1 + quantifiers) ways where
 * no quantified part holds another, nothing refers back and nothing looks around.
 */
function isQuick(source: string, length: number): boolean {
  if (/\\[1-9k]|\(\?[=!<]|\)[*+?{]/.test(source)) return false;
  const bare = source.replaceAll(/\\.|\[(?:[^\]\\]|\\.)*\]|\(\?:/g, '.');
  const quantifiers = bare.match(/[*+?{]/g)?.length ?? 0;
  return length ** (1 + quantifiers) <= QUICK_STEPS;
}

async function found(
  text: string,
  { pattern: source, flags, absent }: Options,
  { search }: JudgeTools,
): Promise<Finding> {
  const isThere = isQuick(source, text.length)
    ? new RegExp(source, flags).test(text)
    : await search(source, flags, text);
  if (isThere === null) {
    return { score: 0, detail: `/${source}/${flags} timed out after ${SEARCH_LIMIT_MS / 1000} s` };
  }
  if (isThere !== absent) return { score: 1, detail: null };
  return { score: 0, detail: `/${source}/${flags} ${absent ? 'is found, and must not be' : 'is not found'}` };
}

const checkOf = (name: string, { score, detail }: Finding, how: How): readonly Check[] => [
  { name, score, passed: score === 1, required: how.required, weight: how.weight, detail },
];

interface How {
  readonly weight: number;
  readonly required: boolean;
}

export const matches = defineScorer<Options>({
  key: 'matches',
  version: 1,
  stands: 'checks',
  required: false,
  needsCode: true,
  needsEntry: false,
  doc: 'A regular expression is found in the code, or with `absent: true` is not.',
  example: 'checks:\n  - { matches: { pattern: "\\\\bprint\\\\(", absent: true } }',
  options,
  stamp,
  async judge(wanted, answer, _, tools, how): Promise<readonly Check[]> {
    const finding =
      answer.kind === 'code' ? await found(answer.code, wanted, tools) : { score: 0, detail: noCode(answer) };
    return checkOf('matches', finding, how);
  },
});

export const textMatches = defineScorer<Options>({
  key: 'text_matches',
  version: 1,
  stands: 'checks',
  doc: 'A regular expression is found in the answer as it came, prose and all, reasoning aside; or with `absent: true` is not.',
  example: 'checks:\n  - { text_matches: { pattern: "O\\\\(n\\\\)", flags: i } }',
  required: false,
  needsCode: false,
  needsEntry: false,
  options,
  stamp,
  async judge(wanted, answer, _, tools, how): Promise<readonly Check[]> {
    return checkOf('text_matches', await found(answer.text, wanted, tools), how);
  },
});
