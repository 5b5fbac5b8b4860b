/** Judges of a candidate's own family are said to favour it. */
import { type Model, modelsOf } from '../../domain/candidate.js';
import { judgesOf, type Plan } from '../planning/plan.js';

/** A sentence for each judge that shares its maker, or the first word of its name, with a candidate. */
export function familyWarnings(plan: Pick<Plan, 'suites' | 'candidates'>): readonly string[] {
  const judges = judgesOf(plan).filter(isReal);
  const models = judges.length === 0 ? [] : plan.candidates.flatMap(modelsOf).filter(isReal);
  const found = judges.flatMap((judge) => {
    const own = familiesOf(judge);
    const kin = models.find((model) => familiesOf(model).some((family) => own.includes(family)));
    return kin === undefined
      ? []
      : [`the judge ${judge.name} is of the same family as the candidate ${kin.name}, and may favour it`];
  });
  return [...new Set(found)];
}

const isReal = ({ simulation }: Model): boolean => simulation === null;

/** `mistralai/mistral-small-3.2:free` is of mistralai and of mistral. */
function familiesOf({ id }: Model): readonly string[] {
  const parts = id.toLowerCase().split('/');
  const word = /^[a-z]+/.exec(parts.at(-1) ?? '')?.[0];
  const maker = parts.length > 1 ? parts.at(-2) : undefined;
  return [maker, word].filter((name) => name !== undefined);
}
