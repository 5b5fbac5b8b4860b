/** What clients may ask for by name: `bench`, `bench/<category>`, each rotation and each model of the configuration. */
import { type Candidate, type Model, modelsOf } from '../domain/candidate.js';
import type { Checked, Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import { rotationOf } from '../suite/candidates.js';
import type { Config } from '../suite/config.js';

export interface Route {
  /** As clients name it. */
  readonly name: string;
  /** Who answers, and with what patience. */
  readonly candidate: Candidate;
  /** Why it is they: the run and its figures; null: nothing was measured for it. */
  readonly evidence: string | null;
}

export interface Routes {
  readonly all: readonly Route[];
  find(name: string): Route | null;
  /** For an unknown name: the nearest one, or all. */
  near(name: string): string;
}

/** The rotation that answers `bench`: the first of these that is there, else the first one of all. */
const USUAL_ROTATIONS = ['recommended', 'default'];
export const VIRTUAL = 'bench';

/** `deadlineMs`: of requests whose rotation or model has none of its own. */
export function openRoutes(config: Config, deadlineMs: number): Checked<Routes> {
  const diagnostics: Diagnostic[] = [];
  const within = (candidate: Candidate): Candidate => {
    if (candidate.kind === 'model') {
      const { model } = candidate;
      const retry = { ...model.retry, deadlineMs: model.retry.deadlineMs ?? deadlineMs };
      return { ...candidate, model: { ...model, retry } };
    }
    const { retry } = candidate;
    return { ...candidate, retry: { ...retry, deadlineMs: retry.deadlineMs ?? deadlineMs } };
  };
  const rotations = [...config.rotations].flatMap(([name, entry]) => {
    const made = rotationOf(name, entry, config);
    if (made.ok) return [within(made.value)];
    diagnostics.push(...made.diagnostics);
    return [];
  });
  const byCategory = [...config.routes].flatMap(([category, { to, because }]): Route[] => {
    const name = `${VIRTUAL}/${category}`;
    const [only, ...others] = to;
    const given = rotations.find((rotation) => others.length === 0 && rotation.name === only);
    if (given !== undefined) return [{ name, candidate: given, evidence: because }];
    const made = rotationOf(name, { models: to, retry: null }, config);
    if (made.ok) return [{ name, candidate: within(made.value), evidence: because }];
    diagnostics.push(...made.diagnostics);
    return [];
  });
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const models = [...config.models.values()].map((model) =>
    within({ kind: 'model', name: model.name, model }),
  );
  const wanted = USUAL_ROTATIONS.map((name) => rotations.find((rotation) => rotation.name === name));
  const usual = wanted.find((one) => one !== undefined) ?? rotations[0] ?? models[0] ?? null;
  if (usual === null) {
    return {
      ok: false,
      diagnostics: [
        {
          code: 'serve/nothing-to-serve',
          message:
            config.file === null
              ? 'there is no bench.yaml in this folder'
              : `${config.file} has no models and no rotations`,
          help:
            config.file === null
              ? 'bench init writes one; or name another file with --config'
              : 'add models: and rotations: to it, or name another file with --config',
        },
      ],
    };
  }
  const named = [...rotations, ...models].map((candidate): Route => {
    return { name: candidate.name, candidate, evidence: null };
  });
  const all = [{ name: VIRTUAL, candidate: usual, evidence: null }, ...byCategory, ...named];
  const byName = new Map(all.map((route) => [route.name, route]));
  return {
    ok: true,
    value: {
      all: [...byName.values()],
      find: (name) => byName.get(name) ?? null,
      near: (name) => didYouMean(name, [...byName.keys()]) ?? `known are ${[...byName.keys()].join(', ')}`,
    },
  };
}

/** Each once. */
export function modelsIn({ all }: Routes): readonly Model[] {
  return [
    ...new Map(
      all.flatMap(({ candidate }) => modelsOf(candidate)).map((model) => [model.name, model]),
    ).values(),
  ];
}
