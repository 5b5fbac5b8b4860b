/**
 * `judge`: models that say which statements are true of an answer. They were asked while the run asked its candidates; here
 * their words are read. What they did not say as they were asked to is an error, and never a low score.
 */
import { z } from 'zod';
import type { Check, JudgeContext } from '../../domain/grade.js';
import { type JudgeSpec, PASSING_RATING } from '../../domain/kinds/judge.js';
import type { Judgement } from '../../domain/kinds/judgement.js';
import { judgeQuestion } from '../judging/judge-question.js';
import { readVerdict } from '../judging/read-verdict.js';
import { described } from './described.js';
import { defineScorer } from './scorer.js';

const text = z.string().min(1, 'a text with something in it');

const options = z
  .strictObject({
    rubric: described(
      z.union([text, z.array(text).min(1, 'at least one').max(20, 'at most 20')], {
        error: 'a statement, or a list of them',
      }),
      'Statements, each true or false of an answer, and each about one thing. With `scale`, what is rated.',
      ['The comment says why, and not what.', 'It is at most three sentences long.'],
    ),
    scale: described(
      z.number().int('a whole number').min(2, 'at least 2').max(10, 'at most 10').optional(),
      'Ratings from 1 to this, instead of true or false.',
      5,
    ),
    model: described(
      text.optional(),
      'The judge: a name of bench.yaml or the suite, or provider:model.',
      'deepseek-chat',
    ),
    models: described(
      z.array(text).min(2, 'at least two').max(7, 'at most 7').optional(),
      'A panel: what most of them say counts.',
      ['mistral-small', 'qwen3-8b', 'deepseek-chat'],
    ),
    weight: described(
      z.number().positive('above 0').optional(),
      'How much it counts in the score (default 1).',
      0.5,
    ),
    required: described(z.boolean().optional(), 'Whether the case fails without it (default false).', false),
  })
  .refine(({ model, models }) => (model === undefined) !== (models === undefined), 'either model or models');
type Options = z.infer<typeof options>;

export const judge = defineScorer<Options>({
  key: 'judge',
  version: 1,
  stands: 'case',
  doc: 'Another model says which statements are true of the answer. For what cannot be run: clarity, tone, completeness.',
  example:
    'judge:\n  rubric:\n    - The explanation names the cause.\n    - It promises nothing that the code does not do.\n  model: deepseek-chat',
  required: false,
  needsCode: false,
  needsEntry: false,
  options,
  stamp: (own) => ({ ...specOf(own), items: [...specOf(own).items], models: [...specOf(own).models] }),
  passScore: () => 0.8,
  async judge(own, answer, context, _tools, how): Promise<readonly Check[]> {
    const spec = specOf(own);
    const { required = how.required, weight = how.weight } = own;
    const judged = judgedBy(spec, answer.text, context);
    const names = spec.scale === null ? spec.items.map((_, at) => `judge[${at + 1}]`) : ['judge'];
    return names.map((name, at) => {
      const { score, detail, votes } = judged[at] ?? { score: null, detail: 'it was not asked', votes: [] };
      return {
        name,
        score,
        passed: score !== null && score >= PASSING_RATING,
        required,
        weight: weight / names.length,
        detail,
        ...(score === null ? { reason: 'judge' as const } : {}),
        ...(votes.length > 1 ? { votes } : {}),
      };
    });
  },
});

function specOf({ rubric, scale, model, models }: Options): JudgeSpec {
  return {
    items: typeof rubric === 'string' ? [rubric] : rubric,
    scale: scale ?? null,
    models: models ?? (model === undefined ? [] : [model]),
  };
}

interface Judged {
  /** Null: nobody can say. */
  readonly score: number | null;
  readonly detail: string | null;
  readonly votes: NonNullable<Check['votes']>;
}

function judgedBy(spec: JudgeSpec, answer: string, { task, judgements }: JudgeContext): readonly Judged[] {
  const { hash } = judgeQuestion(task, answer, spec);
  const own = judgements.filter(
    ({ question, judge: name }) => question === hash && spec.models.includes(name),
  );
  const verdicts = own.map((one) => ({ one, verdict: verdictIn(one, spec) }));
  const problems = verdicts.flatMap(({ one, verdict }) =>
    'problem' in verdict ? [`${one.judge}: ${verdict.problem}`] : [],
  );
  const said = verdicts.flatMap(({ one, verdict }) =>
    'problem' in verdict ? [] : [{ judge: one.judge, verdict }],
  );
  const nobody = own.length === 0 ? 'no judge was asked this question' : problems.join('; ');
  const count = spec.scale === null ? spec.items.length : 1;
  return Array.from({ length: count }, (_, at): Judged => {
    const votes = verdicts.map(({ one, verdict }) => ({
      judge: one.judge,
      said: 'problem' in verdict ? null : (verdict[at] ?? null),
    }));
    if (said.length === 0) return { score: null, detail: nobody, votes };
    return { ...(spec.scale === null ? majority(spec.items[at] ?? '', at, said) : median(said)), votes };
  });
}

const verdictIn = ({ text: said, failure }: Judgement, spec: JudgeSpec) =>
  said === null || failure !== undefined ? { problem: failure ?? 'no answer' } : readVerdict(said, spec);

type Said = readonly { readonly judge: string; readonly verdict: readonly (boolean | number)[] }[];

function majority(item: string, at: number, said: Said): Omit<Judged, 'votes'> {
  const yes = said.filter(({ verdict }) => verdict[at] === true).map(({ judge: name }) => name);
  const no = said.filter(({ verdict }) => verdict[at] !== true).map(({ judge: name }) => name);
  if (yes.length === no.length) return { score: null, detail: `the judges are split: ${item}` };
  const isTrue = yes.length > no.length;
  const others = isTrue ? no : yes;
  const split = others.length === 0 ? '' : ` (${others.join(', ')} disagreed)`;
  return {
    score: isTrue ? 1 : 0,
    detail: isTrue && split === '' ? null : `${isTrue ? 'true' : 'not true'}: ${item}${split}`,
  };
}

/** Of an even number, the mean of the two in the middle. */
function median(said: Said): Omit<Judged, 'votes'> {
  const ratings = said.map(({ verdict }) => Number(verdict[0])).sort((a, b) => a - b);
  const upper = ratings[Math.floor(ratings.length / 2)] ?? 0;
  const lower = ratings[Math.floor((ratings.length - 1) / 2)] ?? 0;
  const shown = said.map(({ judge: name, verdict }) => `${name} ${Number(verdict[0]).toFixed(2)}`);
  return { score: (lower + upper) / 2, detail: said.length < 2 ? null : shown.join(', ') };
}
