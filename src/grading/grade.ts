/** From a completion to a verdict: take the code out, run the scorings, add up. */
import { type Answer, type Check, type JudgeTools, type Scoring, verdictOf } from '../domain/grade.js';
import type { Judgement } from '../domain/kinds/judgement.js';
import { type Case, subjectOf } from '../domain/suite.js';
import type { Completion } from '../domain/trial.js';
import { type AnswerReader, readHere, UnreadAnswer } from './reader.js';
import type { SandboxTools } from './sandboxes/sandbox.js';

export interface Grade {
  readonly answer: Answer;
  readonly checks: readonly Check[];
  readonly verdict: 'passed' | 'failed' | 'error';
  readonly score: number | null;
}

/** `judgements`: what judges said of it; null: nobody is to judge it, and what judges decide is left out. */
export async function grade(
  asked: Case,
  completion: Pick<Completion, 'text' | 'finishReason'>,
  sandboxes: SandboxTools,
  reader: AnswerReader = readHere,
  judgements: readonly Judgement[] | null = [],
): Promise<Grade> {
  try {
    return await judged(asked, completion, sandboxes, reader, judgements);
  } catch (error) {
    if (!(error instanceof UnreadAnswer)) throw error;
    const checks = asked.scorings.map((scoring) => ({ ...failed(scoring, error.message), score: null }));
    return { answer: { kind: 'no_code', text: completion.text }, checks, verdict: 'error', score: null };
  }
}

async function judged(
  asked: Case,
  completion: Pick<Completion, 'text' | 'finishReason'>,
  sandboxes: SandboxTools,
  reader: AnswerReader,
  judgements: readonly Judgement[] | null,
): Promise<Grade> {
  const { language, entry, signature, limits, prompt: task } = asked;
  const answer = await reader.extract(completion, {
    language,
    entry,
    prompt: asked.prompt,
    prelude: asked.prelude,
    needsCode: asked.scorings.some((scoring) => scoring.needsCode),
    isTests: subjectOf(asked.scorings) !== null,
  });
  const nothing = nothingIn(completion);
  if (nothing !== null) {
    const checks = asked.scorings.map((scoring) => failed(scoring, nothing));
    return { answer, checks, verdict: 'failed', score: 0 };
  }
  const solution = await solutionOf(asked, reader);
  const forbidden = asked.scorings.flatMap(forbiddenBy);
  const tools = {
    run: sandboxes.run,
    runOnce: sandboxes.runOnce,
    // One look for all the checks of an answer.
    look: oncePerCode(reader.look),
    search: reader.search,
    runTimed: sandboxes.runTimed,
    measure: reader.measure,
    readDocumentation: reader.readDocumentation,
    mutations: reader.mutations,
    testFile: reader.testFile,
  };
  const checks: Check[] = [];
  const scorings = asked.scorings.filter(({ scorer }) => scorer !== 'judge' || judgements !== null);
  for (const scoring of scorings) {
    const judged =
      scoring.needsCode && answer.kind !== 'code'
        ? [withoutCode(scoring, answer)]
        : await scoring.judge(
            answer,
            { language, entry, signature, limits, solution, forbidden, task, judgements: judgements ?? [] },
            tools,
          );
    checks.push(...judged);
  }
  return { answer, checks, ...verdictOf(checks, asked.passScore) };
}

function forbiddenBy({ scorer, options }: Scoring): string[] {
  if (scorer !== 'forbids' || options === null || typeof options !== 'object') return [];
  return Object.values(options)
    .flat()
    .filter((name) => typeof name === 'string');
}

const solutions = new WeakMap<Case, Promise<string | null>>();

/** The reference as it runs: below the case's prelude, like an answer. */
function solutionOf(asked: Case, reader: AnswerReader): Promise<string | null> {
  const known = solutions.get(asked) ?? withPrelude(asked, reader);
  solutions.set(asked, known);
  return known;
}

async function withPrelude(
  { solution, prelude, prompt, language, entry }: Case,
  reader: AnswerReader,
): Promise<string | null> {
  if (solution === null || prelude === null) return solution;
  const said = { text: solution, finishReason: 'stop' };
  const answer = await reader.extract(said, { language, entry, prompt, prelude, needsCode: true });
  return answer.kind === 'code' ? answer.code : solution;
}

function oncePerCode(look: JudgeTools['look']): JudgeTools['look'] {
  const seen = new Map<string, ReturnType<JudgeTools['look']>>();
  return (language, code) => {
    const known = seen.get(code) ?? look(language, code);
    seen.set(code, known);
    return known;
  };
}

const toolCalls: ReadonlySet<string | null> = new Set(['tool_calls', 'function_call']);

/** What to say of an answer without a word; null: it has some, or was cut off before its first. */
function nothingIn({ text, finishReason }: Pick<Completion, 'text' | 'finishReason'>): string | null {
  if (text.trim() !== '' || finishReason === 'length') return null;
  return toolCalls.has(finishReason) ? 'called a tool instead of answering' : 'the answer is empty';
}

/** Nothing is run: the answer arrived, and it failed. */
function withoutCode(scoring: Scoring, answer: Answer): Check {
  return failed(
    scoring,
    answer.kind === 'truncated'
      ? 'the answer was cut off before its code was whole'
      : 'no code in the answer',
  );
}

function failed({ scorer, required, weight }: Scoring, detail: string): Check {
  return { name: scorer, score: 0, passed: false, required, weight, detail };
}
