/** Suites x candidates x samples -> ordered trials, and what asking them will come to. Pure. */
import { type Candidate, isSimulated, type Model, modelsOf } from '../../domain/candidate.js';
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { hashOf } from '../../domain/ids.js';
import { judgeSpecOf } from '../../domain/kinds/judge.js';
import type { Case, Suite } from '../../domain/suite.js';
import { type Trial, trialOf } from '../../domain/trial.js';
import { estimateTokens } from '../../domain/units.js';
import { JUDGE_PARAMS } from '../../grading/judging/judge-question.js';
import { shuffled } from '../../world/random.js';
import type { Random } from '../../world/world.js';

export interface CaseFilter {
  readonly categories: readonly string[];
  /** Globs: `*` is any text, `?` any character; `category/id` works too. */
  readonly cases: readonly string[];
}

export interface Plan {
  readonly suites: readonly Suite[];
  readonly candidates: readonly Candidate[];
  readonly trials: readonly Trial[];
}

/** Models that judge answers to cases of a plan. */
export const judgesOf = ({ suites }: Pick<Plan, 'suites'>): readonly Model[] =>
  suites.flatMap(({ judges }) => judges);

export interface Forecast {
  readonly cases: number;
  readonly requests: number;
  /** If every answer is as long as it may be; null: a price is not known. */
  readonly costUsdMax: number | null;
  /** Models whose price is not known. */
  readonly unpriced: readonly string[];
}

/** Rough, for forecasts only. */
const ASSUMED_MAX_TOKENS = 1024;

/** `order`: suite by suite, or where a part of the run is to stand for the whole, all suites and categories side by side. */
export function plan(
  suites: readonly Suite[],
  samples: number | null,
  filter: CaseFilter,
  random: Random,
  order: 'by suite' | 'side by side' = 'by suite',
): Plan {
  const trials: Trial[] = [];
  const bySuite = suites.flatMap((suite) =>
    shuffled(
      suite.cases.filter((item) => matches(item, filter)),
      random.fork(`order/${suite.name}`),
    ).map((item) => ({ suite, item })),
  );
  // Models interleave case by case, so that a slow hour of the day hits all alike.
  for (const { suite, item } of order === 'by suite' ? bySuite : sideBySide(bySuite, random.fork('order'))) {
    const { candidates } = suite;
    const dice = candidates.length < 2 ? random : random.fork(`order/${suite.name}/${item.id}`);
    for (let sample = 0; sample < (samples ?? item.samples); sample++) {
      for (const candidate of shuffled(candidates, dice)) {
        trials.push(trialOf(suite.name, item, candidate, sample));
      }
    }
  }
  const candidates = distinct(suites.flatMap((suite) => suite.candidates));
  return { suites, candidates, trials };
}

interface Planned {
  readonly suite: Suite;
  readonly item: Case;
}

/** Each category of each suite spread evenly over the whole, from a start of its own. */
function sideBySide(cases: readonly Planned[], random: Random): readonly Planned[] {
  const strata = new Map<string, Planned[]>();
  for (const one of cases) {
    const key = stratumKey(one.suite.name, one.item.category);
    strata.set(key, [...(strata.get(key) ?? []), one]);
  }
  return [...strata.values()]
    .flatMap((own) => {
      const start = random.next();
      return own.map((one, index) => ({ one, place: (index + start) / own.length }));
    })
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

export function stratumKey(suite: string, category: string): string {
  return JSON.stringify([suite, category]);
}

/** Cases of each category of each suite. */
export function strataOf({ trials }: Plan): Map<string, number> {
  const cases = new Map<string, Set<string>>();
  for (const { suite, case: asked } of trials) {
    const key = stratumKey(suite, asked.category);
    cases.set(key, (cases.get(key) ?? new Set()).add(asked.id));
  }
  return new Map([...cases].map(([key, ids]) => [key, ids.size]));
}

/** What stands in the way of a plan: nothing to do, or a filter that matches nothing. */
export function planTrouble(made: Plan, filter: CaseFilter): Diagnostic | null {
  if (made.candidates.length === 0) {
    return {
      code: 'run/no-candidates',
      message: 'no candidates: the suite names no models',
      help: 'name some with -m provider:model or -r rotation, or try -m reference',
    };
  }
  if (made.trials.length > 0) return null;
  const wanted = [
    ...filter.categories.map((name) => `-c ${name}`),
    ...filter.cases.map((glob) => `--case ${glob}`),
  ];
  const cases = made.suites.flatMap((suite) => suite.cases);
  const known = [...new Set(cases.map((item) => item.category))];
  const near =
    filter.cases.length === 0
      ? filter.categories.map((name) => didYouMean(name, known))
      : filter.cases.map((glob) =>
          didYouMean(
            glob,
            cases.map((item) => item.id),
          ),
        );
  return {
    code: 'run/no-case-matches',
    message: `no case matches ${wanted.join(' ')}`,
    help: near.find((help) => help !== null) ?? knownText(filter, known, cases),
  };
}

/** So many names help; more would hide the sentence. */
const NAMED = 8;

function knownText(
  { cases: globs }: CaseFilter,
  categories: readonly string[],
  cases: readonly Case[],
): string {
  if (globs.length === 0) return `the categories are ${categories.join(', ')}`;
  const ids = cases.slice(0, NAMED).map(({ id }) => id);
  return `the cases are ${ids.join(', ')}${cases.length > NAMED ? ', …' : ''}`;
}

/** Whether a filter leaves a case in; an empty one leaves in all. */
export function matches(item: Case, filter: CaseFilter): boolean {
  if (filter.categories.length > 0 && !filter.categories.includes(item.category)) return false;
  if (filter.cases.length === 0) return true;
  return filter.cases.some((glob) => {
    const pattern = glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    const exact = new RegExp(`^${pattern}$`);
    return exact.test(item.id) || exact.test(`${item.category}/${item.id}`);
  });
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((candidate) => [candidate.name, candidate])).values()];
}

/** An answer that a judge reads is taken to be as long as this. */
const ASSUMED_ANSWER_CHARS = 4 * ASSUMED_MAX_TOKENS;

export function planForecast({ suites, trials }: Pick<Plan, 'suites' | 'trials'>): Forecast {
  const unpriced = new Set<string>();
  const judges = new Map(suites.map(({ name, judges: own }) => [name, own]));
  let costUsd = 0;
  let judgeRequests = 0;
  const costOf = (model: Model, asked: Pick<Case, 'params' | 'promptChars'>): number => {
    if (model.simulation !== null) return 0;
    if (model.price === null) unpriced.add(model.name);
    return mostUsd(model, asked);
  };
  for (const { suite, case: asked, candidate } of trials) {
    const own = judges.get(suite) ?? [];
    // Only suites with judges are looked at: cases of large ones are read anew.
    const names = own.length === 0 ? [] : (judgeSpecOf(asked.scorings)?.models ?? []);
    judgeRequests += names.length;
    for (const model of own)
      if (names.includes(model.name))
        costUsd += costOf(model, {
          params: JUDGE_PARAMS,
          promptChars: asked.promptChars + ASSUMED_ANSWER_CHARS,
        });
    if (!isSimulated(candidate))
      costUsd += Math.max(0, ...modelsOf(candidate).map((model) => costOf(model, asked)));
  }
  return {
    cases: casesOf(trials).size,
    requests: trials.length + judgeRequests,
    costUsdMax: unpriced.size > 0 ? null : costUsd,
    unpriced: [...unpriced],
  };
}

/** The same for the same trials, in whatever order they are asked. */
export function planHash(trials: readonly Trial[]): string {
  return hashOf(trials.map((trial) => `${trial.id} ${trial.case.hash}`).sort());
}

/** That have trials among these. */
export function casesOf(trials: readonly Trial[]): Set<Case> {
  return new Set(trials.map((trial) => trial.case));
}

/** If its answer is as long as it may be; 0 where the price is not known. */
export function mostUsd(model: Model, asked: Pick<Case, 'params' | 'promptChars'>): number {
  if (model.price === null) return 0;
  const promptTokens = estimateTokens(asked.promptChars);
  const said = model.params['max_tokens'] ?? asked.params['max_tokens'];
  const maxTokens = typeof said === 'number' ? said : ASSUMED_MAX_TOKENS;
  return (promptTokens * model.price.inputUsd + maxTokens * model.price.outputUsd) / 1e6;
}
