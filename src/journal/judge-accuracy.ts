/** What is kept of how far judges can be trusted. */
import { z } from 'zod';
import type { JudgeAccuracy } from '../domain/kinds/judge-accuracy.js';

const count = z.number().int().min(0);
const limits = z.looseObject({ value: z.number(), low: z.number(), high: z.number() }).nullable();

export const judgeAccuracySchema: z.ZodType<JudgeAccuracy> = z.looseObject({
  judge: z.string(),
  rubric: z.string(),
  anchors: count,
  labels: count,
  failures: count,
  counts: z.looseObject({
    true_positive: count,
    false_positive: count,
    true_negative: count,
    false_negative: count,
  }),
  agreement: z.number(),
  base_rate: z.number(),
  kappa: limits,
  true_positive_rate: limits,
  true_negative_rate: limits,
  consistency: z.number().nullable(),
  alpha: z.number().nullable(),
  canaries: z.looseObject({ asked: count, passed: count }).nullable(),
});
