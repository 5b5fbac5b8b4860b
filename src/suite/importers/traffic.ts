/** The journal of a gateway (`bench serve --record`): prompts that people and their tools have sent, each once. */
import { z } from 'zod';
import { categories } from '../../domain/suite.js';
import type { ImportedCase, Importer } from './importer.js';
import { readRecords } from './records.js';

const line = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  hash: z.string().optional(),
  category: z.string().optional(),
  system: z.string().nullish(),
  prompt: z.string().optional(),
  turns: z.number().optional(),
});
type Line = z.infer<typeof line>;

export const traffic: Importer = {
  format: 'traffic',
  read(bytes, file) {
    const lines = readRecords(bytes, file, line);
    if (!lines.ok) return lines;
    const asked = lines.value.filter(({ type }) => type === 'asked');
    const once = [...new Map(asked.map((one) => [one.hash, one])).values()];
    const prompts = once.filter(({ turns, prompt }) => turns === undefined && prompt);
    if (prompts.length === 0)
      return {
        ok: false,
        diagnostics: [
          {
            code: 'file/invalid-json',
            message: `${file} has no prompts of one turn`,
            help: 'record some: bench serve --record results',
          },
        ],
      };
    const cases = prompts.map(caseOf);
    const known: readonly string[] = categories;
    const others = [...new Set(cases.map(({ category }) => category))].filter((one) => !known.includes(one));
    const left = once.length - prompts.length;
    const without = left === 0 ? '' : ` ${left} conversations of several turns are left out.`;
    return {
      ok: true,
      value: {
        name: 'traffic',
        description: `${prompts.length} prompts that passed a gateway.${without} Each case only checks that there is an answer: say what a good one is.`,
        categories: others,
        defaults: {},
        cases,
      },
    };
  },
};

function caseOf({
  id = '',
  category = 'other',
  system,
  prompt = '',
}: Line): ImportedCase & { readonly category: string } {
  return {
    id,
    category,
    ...(system === null || system === undefined ? {} : { system }),
    prompt,
    checks: [{ text_matches: '\\S' }],
  };
}
