/** What `bench validate` holds of a case, a run of it shows: the simulated reference passes, and the stub does not. */
import { expect, test } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, trialsIn } from './bench.js';

const suite = `name: kinds
models: [reference, stub]
cases:
  - id: readme
    category: docs
    language: python
    prompt: Write a README for price.
    document:
      as: readme
      of: |
        def price(total, rate=0.2):
            return round(total * (1 + rate), 2)
      examples_run: true
    solution: |
      # price

      \`price(total, rate)\` returns the sum with tax.

      - \`total\`: the sum before tax.
      - \`rate\`: the share of tax. Defaults to 0.2.

      \`\`\`python
      >>> price(10)
      12.0
      \`\`\`
  - id: jsdoc
    category: docs
    language: javascript
    prompt: Document price.
    document:
      of: |
        export function price(total) {
          return total * 2;
        }
      examples_run: true
    solution: |
      /**
       * Doubles.
       *
       * @param total the sum
       * @returns twice as much
       * @example
       * \`\`\`js
       * price(2) // 4
       * \`\`\`
       */
      export function price(total) {
        return total * 2;
      }
  - id: words
    category: docs
    prompt: Say how fast a binary search is.
    checks: [{ text_matches: "O\\\\(log n\\\\)" }]
    solution: It is O(log n).
`;

test('a reference passes in a run as in bench validate, in fences and in words', async () => {
  const cwd = folderWith({ 'suite.yaml': suite });
  const validated = await bench(cwd, ['validate', 'suite.yaml']);
  expect(validated.code, validated.stdout + validated.stderr).toBe(0);
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml']);
  expect(code, stderr).toBe(0);
  const verdicts = trialsIn(onlyRun(cwd)).map(({ candidate, case: id, verdict }) => [candidate, id, verdict]);
  const of = (candidate: string) =>
    verdicts.filter(([name]) => name === candidate).map(([, id, verdict]) => [id, verdict]);
  expect(of('reference').sort()).toEqual(['jsdoc', 'readme', 'words'].map((id) => [id, 'passed']));
  expect(of('stub').every(([, verdict]) => verdict === 'failed')).toBe(true);
});
