/**
 * `document`: the answer is documentation of given code, in the code itself or as a README. What can be checked is checked,
 * each thing by itself, so that one omission costs one check; clarity and tone are for readers to judge.
 */
import { z } from 'zod';
import type { Answer, Check, ErrorReason, JudgeContext, JudgeTools } from '../../domain/grade.js';
import type {
  Documentation,
  DocumentedCode,
  DocumentedParameter,
  Example,
  OfferedName,
} from '../../domain/kinds/documentation.js';
import type { Execution } from '../../domain/program.js';
import { documentedLanguages } from '../documentation/read-documentation.js';
import { isSameType, isSameValue } from '../documentation/stated.js';
import { lackIn, lackText } from '../lacks.js';
import { noCode } from './checks/static-check.js';
import { described } from './described.js';
import { deathInWords, raisedInWords } from './failure-text.js';
import { defineScorer } from './scorer.js';

const parts = ['public_names', 'parameters', 'returns', 'raises', 'defaults'] as const;
/** That a default is not mentioned is a mistake only where the prompt asks for it. */
const ALWAYS = parts.filter((part) => part !== 'defaults');

const options = z.strictObject({
  of: described(
    z.string().refine((text) => text.trim() !== '', 'code'),
    'The code that is to be documented.',
    'def average(numbers): …',
  ),
  covers: described(
    z
      .array(z.enum(parts))
      .min(1, 'at least one')
      .default([...ALWAYS]),
    'What of each public name must be documented (default: all but `defaults`).',
    ['public_names', 'parameters', 'raises', 'defaults'],
  ),
  examples_run: described(
    z.boolean().default(false),
    'Whether there must be examples; they run, and give what they say.',
    true,
  ),
  as: described(
    z.enum(['code', 'readme']).default('code'),
    'Where the documentation is: in the code, or in a README about it (default: code).',
    'code',
  ),
});
type Options = z.infer<typeof options>;

interface Finding {
  readonly name: string;
  /** 0 to 1; null: an error of ours. */
  readonly score: number | null;
  readonly detail: string | null;
  readonly reason?: ErrorReason;
  readonly lack?: string;
}

export const document = defineScorer<Options>({
  key: 'document',
  version: 2,
  stands: 'case',
  doc: 'The answer documents given code: public names, parameters, return values, exceptions, defaults, types and examples are each checked against the code.',
  example:
    'document:\n  of: |\n    def average(numbers): …\n  covers: [public_names, parameters, raises]\n  examples_run: true',
  required: true,
  needsCode: true,
  needsCodeFor: ({ as }) => as === 'code',
  needsEntry: false,
  languages: documentedLanguages,
  options,
  stamp: (own) => own,
  async judge(own, answer, context, tools, how): Promise<readonly Check[]> {
    const findings = await judge(own, answer, context, tools);
    return findings.map(({ score, name, ...rest }) => ({
      name: `document.${name}`,
      score,
      passed: score === 1,
      required: how.required,
      weight: how.weight / findings.length,
      ...rest,
    }));
  },
});

async function judge(
  { of, covers, examples_run: wantsExamples, as }: Options,
  answer: Answer,
  context: JudgeContext,
  tools: JudgeTools,
): Promise<readonly Finding[]> {
  const { language } = context;
  const isReadme = as === 'readme';
  const text = isReadme ? answer.text : answer.kind === 'code' ? answer.code : null;
  if (text === null || language === null) return [{ name: 'code', score: 0, detail: noCode(answer) }];
  const read = await tools.readDocumentation(language, of, text, isReadme);
  const findings = read.offered.flatMap((one) => findingsOf(one, read, new Set(covers)));
  if (read.isSameCode !== null)
    findings.push({
      name: 'code',
      score: read.isSameCode ? 1 : 0,
      detail: read.isSameCode ? null : 'the code itself was changed',
    });
  if (wantsExamples) findings.push(await examplesFinding(read, of, language, context, tools));
  return findings;
}

/** The same checks for every answer to a case: their names come from the code. */
function findingsOf(
  one: OfferedName,
  { documented }: DocumentedCode,
  covers: ReadonlySet<(typeof parts)[number]>,
): Finding[] {
  const said = documented.get(one.name);
  const finding = (name: string, problem: string | null): Finding => ({
    name,
    score: problem === null ? 1 : 0,
    detail: problem,
  });
  const { name, parameters, returns, raises } = one;
  const named = parameters.filter((parameter) => parameter.name !== '');
  return [
    ...(covers.has('public_names') ? [finding(name, said === undefined ? 'not documented' : null)] : []),
    ...(covers.has('parameters')
      ? named.map((parameter) => {
          const isSaid = said?.parameters.some((known) => known.name === parameter.name) === true;
          return finding(`${name}(${parameter.name})`, isSaid ? null : 'not documented');
        })
      : []),
    ...(covers.has('returns') && returns
      ? [finding(`${name} returns`, said?.returns === true ? null : 'not documented')]
      : []),
    ...(covers.has('raises')
      ? raises.map((type) =>
          finding(`${name} raises ${type}`, said?.raises.includes(type) === true ? null : 'not documented'),
        )
      : []),
    ...(covers.has('parameters') && parameters.length > 0
      ? truthFindings(one, said, covers.has('defaults'), finding)
      : []),
  ];
}

/** What is said of parameters is true of the code. Nothing said is nothing true. */
function truthFindings(
  { name, parameters }: OfferedName,
  said: Documentation | undefined,
  wantsDefaults: boolean,
  finding: (name: string, problem: string | null) => Finding,
): Finding[] {
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const isOpen = known.has('');
  const all = said?.parameters ?? [];
  const wrong = (differs: (own: DocumentedParameter) => string | null): string | null => {
    if (said === undefined) return 'not documented';
    const problems = all.map(differs).filter((problem) => problem !== null);
    return problems.length === 0 ? null : problems.join('; ');
  };
  const unknown = wrong((own) =>
    known.has(own.name) || isOpen ? null : `there is no parameter ${own.name}`,
  );
  const defaults = wrong((own) => {
    const { default: inCode = null } = known.get(own.name) ?? {};
    if (!known.has(own.name)) return null;
    if (wantsDefaults && inCode !== null && !own.mentionsDefault)
      return `${own.name}: its default is not documented`;
    if (own.default === null) return null;
    if (inCode === null) return isEmptyDefault(own.default) ? null : `${own.name} has no default`;
    return isSameValue(own.default, inCode)
      ? null
      : `${own.name}: default ${own.default}, in the code ${inCode}`;
  });
  const types = wrong((own) => {
    const { type = null } = known.get(own.name) ?? {};
    const isRight = own.type === null || type === null || isSameType(own.type, type);
    return isRight ? null : `${own.name}: type ${own.type}, in the code ${type}`;
  });
  const hasDefaults = parameters.some((parameter) => parameter.default !== null);
  const hasTypes = parameters.some((parameter) => parameter.type !== null);
  return [
    finding(`${name} names`, unknown),
    ...(hasDefaults ? [finding(`${name} defaults`, defaults)] : []),
    ...(hasTypes ? [finding(`${name} types`, types)] : []),
  ];
}

/** What is taken where nothing is given. */
const isEmptyDefault = (text: string): boolean => /^(?:None|null|undefined)$/.test(text);

async function examplesFinding(
  { examples }: DocumentedCode,
  code: string,
  language: string,
  { limits, forbidden }: JudgeContext,
  tools: JudgeTools,
): Promise<Finding> {
  const name = 'examples';
  if (examples.length === 0) return { name, score: 0, detail: 'there are no examples' };
  const run = ({ tests }: Example) =>
    tools.run({ kind: 'tests', language, code, tests, entry: null, judge: 'subject', limits });
  const executions = await Promise.all(examples.map(run));
  const failures: string[] = [];
  for (const [at, execution] of executions.entries()) {
    if (execution.kind === 'broken' && !execution.why.startsWith('the tests do not parse'))
      return { name, score: null, detail: execution.why, reason: 'sandbox' };
    const lack = lackIn(execution, `${code}\n${examples[at]?.tests ?? ''}`, language);
    if (lack !== null && !forbidden.includes(lack))
      return { name, score: null, detail: lackText(lack), reason: 'unsupported', lack };
    const why = whyFailed(execution);
    if (why !== null) failures.push(`${examples[at]?.of ?? ''}: ${why}`);
  }
  return {
    name,
    score: (examples.length - failures.length) / examples.length,
    detail: failures.length === 0 ? null : failures.join('; '),
  };
}

function whyFailed(execution: Execution): string | null {
  if (execution.kind === 'tested') {
    if (execution.passed) return null;
    if (execution.death !== null) return deathInWords(execution.death);
    return execution.raised === null ? 'it did not end' : raisedInWords({ ...execution.raised, line: null });
  }
  if (execution.kind === 'not_loaded') return `the code does not load: ${raisedInWords(execution.raised)}`;
  return execution.kind === 'broken' ? 'it does not parse' : 'the sandbox answered another question';
}
