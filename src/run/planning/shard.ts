/** One of n parts of a plan: the same split on every machine, whatever the order of asking. */
import { type Candidate, type Model, modelsOf, type RateLimits } from '../../domain/candidate.js';
import type { ShardRecord } from '../../domain/record.js';
import type { Trial } from '../../domain/trial.js';
import { casesOf, type Plan } from './plan.js';

/** `3/7`, from 1; null for what is none. */
export function parseShard(text: string): ShardRecord | null {
  const match = /^(\d+)\/(\d+)$/.exec(text.trim());
  if (match === null) return null;
  const [index, of] = [Number(match[1]), Number(match[2])];
  return index >= 1 && index <= of ? { index, of } : null;
}

/**
 * Cases go round the shards, each candidate and each sample one further than the last: every shard has its share of each
 * candidate's trials, and of each case's.
 */
export function trialsOf({ suites, candidates, trials }: Plan, { index, of }: ShardRecord): Trial[] {
  const planned = casesOf(trials);
  const cases = suites.flatMap((suite) => suite.cases.filter((item) => planned.has(item)));
  const placeOfCase = new Map(cases.map((item, place) => [item, place]));
  const placeOfCandidate = new Map(candidates.map(({ name }, place) => [name, place]));
  return trials.filter((trial) => {
    const place =
      (placeOfCase.get(trial.case) ?? 0) + (placeOfCandidate.get(trial.candidate.name) ?? 0) + trial.sample;
    return place % of === index - 1;
  });
}

/** The n-th part of its limits: the shards together keep to what one run may. */
export function withShare(candidate: Candidate, of: number): Candidate {
  return candidate.kind === 'model'
    ? { ...candidate, model: modelWithShare(candidate.model, of) }
    : { ...candidate, chain: candidate.chain.map((model) => modelWithShare(model, of)) };
}

function modelWithShare(model: Model, of: number): Model {
  return {
    ...model,
    limits: shareOf(model.limits, of),
    account: { ...model.account, limits: shareOf(model.account.limits, of) },
  };
}

function shareOf(limits: RateLimits, of: number): RateLimits {
  const { rpm, rpd, tpm, concurrency } = limits;
  return {
    ...(rpm === undefined ? {} : { rpm: rpm / of }),
    ...(rpd === undefined ? {} : { rpd: Math.floor(rpd / of) }),
    ...(tpm === undefined ? {} : { tpm: tpm / of }),
    ...(concurrency === undefined ? {} : { concurrency: Math.max(1, Math.floor(concurrency / of)) }),
  };
}

/** Whether there is anything to divide. */
export function hasLimits(candidates: readonly Candidate[]): boolean {
  return candidates
    .flatMap(modelsOf)
    .some(({ limits, account }) => Object.keys({ ...limits, ...account.limits }).length > 0);
}
