/** What `bench init` writes: a configuration, a first suite of three proved cases, and what belongs around them. Pure. */
import type { Provider } from '../../providers/provider.js';
import { type StarterLanguage, starterSuite } from './starter-suite.js';

export interface StarterChoice {
  readonly language: StarterLanguage;
  /** Null: simulated models only. */
  readonly provider: Provider | null;
  /** Ids, as the provider has them. */
  readonly models: readonly string[];
  /** Whether a GitHub workflow is wanted. */
  readonly ci: boolean;
}

export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

const PRACTICE = ['practice-strong', 'practice-quick'];

export function starterFiles(choice: StarterChoice): readonly StarterFile[] {
  const named = namesOf(choice.models);
  const names = named.map(({ name }) => name);
  const { provider, ci } = choice;
  return [
    { path: 'bench.yaml', text: configText(choice, named) },
    {
      path: 'suite.yaml',
      text: starterSuite(choice.language, names.length === 0 ? PRACTICE : names),
    },
    ...(provider === null || provider.apiKeyEnv === null
      ? []
      : [
          {
            path: '.env.example',
            text: `# Copy to .env and fill in. bench reads .env; never commit it.\n${provider.apiKeyEnv}=\n`,
          },
        ]),
    ...(ci ? [{ path: '.github/workflows/bench.yml', text: workflowText(provider) }] : []),
  ];
}

/** Lines that .gitignore should have: keys and results stay out, baselines may be committed. */
export const ignoredLines = ['.env', 'results/*', '!results/baselines/'];

interface Named {
  readonly name: string;
  readonly id: string;
}

/** `mistralai/mistral-small-3.2-24b-instruct:free` -> `mistral-small-3.2-24b-instruct`; where two are alike, the whole id. */
function namesOf(ids: readonly string[]): Named[] {
  const short = (id: string) =>
    (id.split('/').at(-1) ?? id).replace(/:free$/, '').replaceAll(/[^\w.-]+/g, '-');
  return ids.map((id) => {
    const isAlone = ids.filter((other) => short(other) === short(id)).length === 1;
    return { name: isAlone ? short(id) : id.replaceAll(/[^\w.-]+/g, '-'), id };
  });
}

function configText({ provider }: StarterChoice, named: readonly Named[]): string {
  const real = provider === null ? [] : named.map(({ name, id }) => modelText(name, id, provider));
  const rotation =
    named.length < 2
      ? ''
      : `
rotations:
  # The first is asked; the next one if it is limited or fails.
  default: [${named.map(({ name }) => name).join(', ')}]
`;
  return `# Models, providers and rotations. Every key: bench schema config
models:
${real.join('')}  # Simulated: no key, no network. They answer with the cases' own solutions, or with wrong answers.
  practice-strong: { provider: simulated, quality: 0.9, latency: { median: 4s } }
  practice-quick: { provider: simulated, quality: 0.6, latency: { median: 1s } }
${rotation}`;
}

function modelText(name: string, id: string, { name: provider }: Provider): string {
  const price = id.endsWith(':free') ? ', price: { input: 0, output: 0 }' : '';
  return `  ${JSON.stringify(name)}: { provider: ${provider}, model: ${JSON.stringify(id)}${price} }\n`;
}

function workflowText(provider: Provider | null): string {
  const key = provider?.apiKeyEnv ?? null;
  const env = key === null ? '' : `        env:\n          ${key}: \${{ secrets.${key} }}\n`;
  return `# Runs the suite each Monday and on pull requests that touch it. Once there is a baseline, add --baseline main:
#   npx bench baseline set main latest, and commit results/baselines/
name: bench
on:
  pull_request:
    paths: ["suite.yaml", "bench.yaml"]
  schedule:
    - cron: "17 5 * * 1"
  workflow_dispatch:
permissions:
  contents: read
jobs:
  bench:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - name: Run the suite
        run: npx --yes codegen-bench run suite.yaml --report github
${env}      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: bench, path: results/ }
`;
}
