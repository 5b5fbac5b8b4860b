/** Scorers that run an answer on each of several inputs: the reference first, for a case may be wrong itself. */
import type { Answer, Check, JudgeContext, JudgeTools } from '../../domain/grade.js';
import type { Execution, Program } from '../../domain/program.js';
import { lackIn, lackText } from '../lacks.js';
import { solutionFails } from './failure-text.js';

/** How a scorer runs code on one of its inputs, and what it wants of it. */
export interface Judging<Input> {
  /** Of the scorer: checks are `name[1]`, `name[2]`, … */
  readonly name: string;
  programOf(input: Input, code: string, language: string): Program;
  /** What is not as it must be; null: nothing. */
  differenceOf(execution: Execution, input: Input): string | null;
}

interface Judged extends Pick<Check, 'reason' | 'lack'> {
  /** Null: an error of ours. */
  readonly score: number | null;
  readonly detail: string | null;
}

export async function judgeEach<Input>(
  inputs: readonly Input[],
  judging: Judging<Input>,
  answer: Answer,
  context: JudgeContext,
  tools: JudgeTools,
  how: { readonly weight: number; readonly required: boolean },
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [index, input] of inputs.entries()) {
    const name = `${judging.name}[${index + 1}]`;
    const judged = await judgeOne(input, name, judging, answer, context, tools);
    const { required, weight } = how;
    checks.push({ name, passed: judged.score === 1, required, weight: weight / inputs.length, ...judged });
  }
  return checks;
}

async function judgeOne<Input>(
  input: Input,
  name: string,
  { programOf, differenceOf }: Judging<Input>,
  answer: Answer,
  { language, solution, forbidden }: JudgeContext,
  tools: JudgeTools,
): Promise<Judged> {
  if (answer.kind !== 'code' || language === null) return { score: 0, detail: 'no code' };
  if (solution !== null) {
    const reference = await tools.runOnce(programOf(input, solution, language));
    const wrong = differenceOf(reference, input);
    const reason = reference.kind === 'broken' ? 'sandbox' : 'solution_fails';
    if (wrong !== null) return { score: null, detail: solutionFails(`${name}: ${wrong}`), reason };
  }
  const execution = await tools.run(programOf(input, answer.code, language));
  if (execution.kind === 'broken') return { score: null, detail: execution.why, reason: 'sandbox' };
  const detail = differenceOf(execution, input);
  const lack = detail === null ? null : lackIn(execution, answer.code, language);
  if (lack !== null && !forbidden.includes(lack))
    return { score: null, detail: lackText(lack), reason: 'unsupported', lack };
  return { score: detail === null ? 1 : 0, detail };
}
