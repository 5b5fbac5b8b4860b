/** Where answers run, as command line, cases, suites and configuration say together. */
import { type SandboxTier, type SandboxWord, sandboxTiers } from '../domain/program.js';
import type { Case } from '../domain/suite.js';

export interface SandboxChoice {
  /** For every case, whatever it says; null: as the case says. */
  readonly sandbox: SandboxWord | null;
  /** By language, the program that native sandboxes run. */
  readonly toolchains: Readonly<Record<string, string>>;
}

export const anySandbox: SandboxChoice = { sandbox: null, toolchains: {} };

export function tierOf(
  asked: Pick<Case, 'sandbox'>,
  { sandbox }: Pick<SandboxChoice, 'sandbox'>,
): SandboxTier {
  if (sandbox === 'native-unconfined') return 'native';
  return sandbox ?? asked.sandbox ?? 'wasm';
}

/** Of all these cases: `wasm`, `native`, or `wasm, native`; or what the command said. */
export function tiersText(cases: Iterable<Pick<Case, 'sandbox'>>, choice: SandboxChoice): string {
  if (choice.sandbox !== null) return choice.sandbox;
  const found = new Set<SandboxTier>();
  for (const one of cases) {
    found.add(tierOf(one, choice));
    if (found.size === sandboxTiers.length) break;
  }
  return sandboxTiers.filter((tier) => found.has(tier)).join(', ') || 'wasm';
}

/** For run.json and the matrix: nobody should trust such a run more than its answers. */
export const unconfinedWarnings = ({ sandbox }: SandboxChoice): readonly string[] =>
  sandbox === 'native-unconfined'
    ? [
        'answers ran without protection (--sandbox native-unconfined): they could read and change whatever you can',
      ]
    : [];
