import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashOf, hashOfList, trialId } from '../../src/domain/ids.js';
import type { Case } from '../../src/domain/suite.js';
import type { Trial } from '../../src/domain/trial.js';
import { trialList } from '../../src/domain/trials.js';
import { alone } from '../engine/asking.js';
import { caseNamed } from '../suite/case-named.js';

const candidates = ['a', 'b', 'c', 'a'].map((name) => alone(name));
const cases: Case[] = ['first', 'second', 'third'].map((id) =>
  caseNamed(id, { questionHash: id, hash: hashOf(id) }),
);

/** As plain objects: what the columns must give back. */
const plain = fc.array(
  fc.record({
    suite: fc.constantFrom('one', 'two'),
    case: fc.constantFrom(...cases),
    candidate: fc.constantFrom(...candidates),
    sample: fc.nat({ max: 4_000_000_000 }),
  }),
);

function listed(trials: readonly Omit<Trial, 'id'>[], idOf = trialId) {
  const list = trialList(idOf);
  for (const { suite, case: asked, candidate, sample } of trials) list.add(suite, asked, candidate, sample);
  return list.done();
}

const named = (trial: Omit<Trial, 'id'>): Trial => ({
  ...trial,
  id: trialId(trial.suite, trial.case, trial.candidate, trial.sample),
});

it('gives back what was added, in its order', () => {
  fc.assert(
    fc.property(plain, (trials) => {
      const list = listed(trials);
      expect(list.length).toBe(trials.length);
      expect([...list]).toEqual(trials.map(named));
      expect(trials.map((_, place) => list.at(place).id)).toEqual(trials.map((trial) => named(trial).id));
    }),
  );
});

it('takes some of them, and those of each candidate, as an array would', () => {
  fc.assert(
    fc.property(plain, fc.constantFrom('one', 'two'), (trials, suite) => {
      const some = listed(trials).where((trial) => trial.suite === suite);
      const expected = trials.filter((trial) => trial.suite === suite).map(named);
      expect([...some]).toEqual(expected);
      expect([...some.byCandidate()].map(([name, own]) => [name, [...own]])).toEqual(
        [...new Set(expected.map(({ candidate }) => candidate.name))].map((name) => [
          name,
          expected.filter(({ candidate }) => candidate.name === name),
        ]),
      );
    }),
  );
});

it('sorts as the texts of ids and hashes would be sorted, whatever the ids are', () => {
  const idOfs = [
    trialId,
    (...[suite, , candidate, sample]: Parameters<typeof trialId>) =>
      `${suite} ${candidate.name} ${sample % 7}`,
  ];
  fc.assert(
    fc.property(plain, fc.constantFrom(...idOfs), (trials, idOf) => {
      const text = ({ id, case: { hash } }: Trial) => `${id} ${hash}`;
      const list = listed(trials, idOf);
      expect([...list.sorted()].map(text)).toEqual([...list].map(text).sort());
    }),
  );
});

it('keeps ids where others are asked', () => {
  const [a, b] = candidates;
  const [asked] = cases;
  if (a === undefined || b === undefined || asked === undefined) throw new Error('no candidates');
  const list = listed([{ suite: 'one', case: asked, candidate: a, sample: 1 }]);
  const [trial] = list.askedOf(() => b);
  expect(trial?.candidate).toBe(b);
  expect(trial?.id).toBe(trialId('one', asked, a, 1));
});

it('knows nothing beyond its end', () => {
  expect(() => listed([]).at(0)).toThrow('there is no such trial');
});

it('hashes a list as the text of the whole list', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.constantFrom(0, 999, 1000, 1001), (texts, more) => {
      const all = [...Array.from({ length: more }, String), ...texts];
      expect(hashOfList(all)).toBe(hashOf(all));
    }),
    { numRuns: 40 },
  );
});
