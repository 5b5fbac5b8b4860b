/** Regular expressions over the code, or over the answer as it came: `matches` and `text_matches`. */
import { runInNewContext } from 'node:vm';
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

function found(text: string, { pattern: source, flags, absent }: Options): Finding {
  let isThere: boolean;
  try {
    const global = { source, flags, text };
    const opened = { timeout: TIMEOUT_MS };
    isThere = runInNewContext('new RegExp(source, flags).test(text)', global, opened) === true;
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
