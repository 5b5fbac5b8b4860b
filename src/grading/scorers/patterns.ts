/** Regular expressions over the code, or over the answer as it came: `matches` and `text_matches`. */
import { type Context, createContext, Script } from 'node:vm';
import { z } from 'zod';
import type { Check } from '../../domain/grade.js';
import { defineScorer } from './scorer.js';
import { codeCheck, type Finding } from './static-check.js';
import { told } from './told.js';

/** A pattern may be slow on an answer that was made for it. */
const TIMEOUT_MS = 1000;

const pattern = z.union(
  [
    z
      .string()
      .min(1, 'a pattern')
      .transform((text) => ({ pattern: text, flags: '', absent: false })),
    z
      .strictObject({
        pattern: told(z.string().min(1, 'a pattern'), 'A JavaScript regular expression.', 'yield\\s'),
        flags: told(z.string().optional(), 'Of those: i, m, s, u.', 'i'),
        absent: told(z.boolean().optional(), 'It must not be found.', true),
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

/** Only a context of its own can be stopped in the middle of a search. One is enough: it runs no code but this. */
const search = new Script('new RegExp(source, flags).test(text)');
const asked = { source: '', flags: '', text: '' };
let room: Context | null = null;

function searchInTime(source: string, flags: string, text: string): boolean {
  room ??= createContext(asked);
  Object.assign(asked, { source, flags, text });
  return search.runInContext(room, { timeout: TIMEOUT_MS }) === true;
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

function found(text: string, { pattern: source, flags, absent }: Options): Finding {
  let isThere: boolean;
  try {
    isThere = isQuick(source, text.length)
      ? new RegExp(source, flags).test(text)
      : searchInTime(source, flags, text);
  } catch {
    return { score: 0, detail: `/${source}/${flags} was not done with it after ${TIMEOUT_MS / 1000} s` };
  }
  if (isThere !== absent) return { score: 1, detail: null };
  return { score: 0, detail: `/${source}/${flags} ${absent ? 'is found, and must not be' : 'is not found'}` };
}

export const matches = codeCheck<Options>({
  key: 'matches',
  doc: 'A regular expression is found in the code, or with `absent: true` is not.',
  example: 'checks:\n  - { matches: { pattern: "\\\\bprint\\\\(", absent: true } }',
  options,
  stamp,
  judge: (wanted, code) => found(code, wanted),
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
  async judge(wanted, answer, _, __, how): Promise<readonly Check[]> {
    const { score, detail } = found(answer.text, wanted);
    return [
      {
        name: 'text_matches',
        score,
        passed: score === 1,
        required: how.required,
        weight: how.weight,
        detail,
      },
    ];
  },
});
