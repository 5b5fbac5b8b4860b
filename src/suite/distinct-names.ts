/** One name is one candidate in a run: where two suites mean two models by one name, both show what distinguishes them. */
import { type Candidate, type Model, modelsOf, type Simulation } from '../domain/candidate.js';
import { candidateIdentity, modelIdentity } from '../domain/ids.js';
import type { Suite } from '../domain/suite.js';
import { simulatedAccount } from './candidates.js';

type SuiteOfCandidates = Pick<Suite, 'name' | 'candidates'>;

/**
 * Suites whose candidates and models have names of their own. Two models of one name are shown with their provider behind
 * it, `m (here)` and `m (there)`, or with their suite where the provider is the same; two rotations with their suite.
 */
export function withDistinctNames<S extends SuiteOfCandidates>(suites: readonly S[]): S[] {
  const simulations = new Map<Simulation, number>();
  const identityOf = (model: Model): string => {
    const { simulation } = model;
    if (simulation !== null && !simulations.has(simulation)) simulations.set(simulation, simulations.size);
    return `${modelIdentity(model)} ${simulation === null ? '' : simulations.get(simulation)}`;
  };
  const models = namesOf(
    suites.flatMap(({ name: suite, candidates }) =>
      candidates.flatMap(modelsOf).map((model) => ({
        name: model.name,
        identity: identityOf(model),
        labels: [model.account.provider, suite],
      })),
    ),
  );
  const renamedModel = (model: Model): Model => {
    const name = models(model.name, identityOf(model));
    if (name === model.name) return model;
    return { ...model, name, account: model.simulation === null ? model.account : simulatedAccount(name) };
  };
  const renamed = suites.map(({ candidates }) => candidates.map((one) => ofModels(one, renamedModel)));
  const rotations = namesOf(
    renamed.flatMap((candidates, index) =>
      candidates.map((candidate) => ({
        name: candidate.name,
        identity: candidateIdentity(candidate),
        // A model keeps its name beside a rotation of the same one.
        labels: [candidate.kind === 'model' ? null : 'rotation', suites[index]?.name ?? ''],
      })),
    ),
  );
  return suites.map((suite, index) => ({
    ...suite,
    candidates: (renamed[index] ?? []).map((candidate) => {
      const name = rotations(candidate.name, candidateIdentity(candidate));
      return name === candidate.name ? candidate : { ...candidate, name };
    }),
  }));
}

function ofModels(candidate: Candidate, renamed: (model: Model) => Model): Candidate {
  if (candidate.kind === 'rotation') return { ...candidate, chain: candidate.chain.map(renamed) };
  const model = renamed(candidate.model);
  return model === candidate.model ? candidate : { ...candidate, name: model.name, model };
}

interface NamedThing {
  readonly name: string;
  readonly identity: string;
  /** What may stand behind the name, best first; null: nothing. */
  readonly labels: readonly (string | null)[];
}

/** The name to show for each name and identity. */
function namesOf(things: readonly NamedThing[]): (name: string, identity: string) => string {
  const byName = new Map<string, Map<string, NamedThing>>();
  for (const thing of things) {
    const own = byName.get(thing.name) ?? new Map<string, NamedThing>();
    byName.set(thing.name, own);
    if (!own.has(thing.identity)) own.set(thing.identity, thing);
  }
  const shown = new Map<string, string>();
  const taken = new Set(byName.keys());
  for (const [name, own] of byName) {
    if (own.size < 2) continue;
    const all = [...own.values()];
    const levels = Math.max(...all.map(({ labels }) => labels.length));
    const level = Array.from({ length: levels }, (_, at) => at).find(
      (at) => new Set(all.map(({ labels }) => labels[at])).size === all.length,
    );
    for (const [index, { identity, labels }] of all.entries()) {
      const label = level === undefined ? String(index + 1) : (labels[level] ?? null);
      let text = label === null ? name : `${name} (${label})`;
      while (text !== name && taken.has(text)) text = `${text}'`;
      taken.add(text);
      shown.set(JSON.stringify([name, identity]), text);
    }
  }
  return (name, identity) => shown.get(JSON.stringify([name, identity])) ?? name;
}
