/** Where answers run, as command line, cases, suites and configuration say together. */
import { type SandboxTier, sandboxTiers } from '../domain/program.js';
import type { Case } from '../domain/suite.js';

export interface SandboxChoice {
  /** For every case, whatever it says; null: as the case says. */
  readonly sandbox: SandboxTier | null;
  /** By language, the program that native sandboxes run. */
  readonly toolchains: Readonly<Record<string, string>>;
}

export const anySandbox: SandboxChoice = { sandbox: null, toolchains: {} };

export function tierOf(
  asked: Pick<Case, 'sandbox'>,
  { sandbox }: Pick<SandboxChoice, 'sandbox'>,
): SandboxTier {
  return sandbox ?? asked.sandbox ?? 'wasm';
}

/** Of all these cases: `wasm`, `native`, or `wasm, native`. */
export function tiersText(cases: Iterable<Pick<Case, 'sandbox'>>, choice: SandboxChoice): string {
  const found = new Set<SandboxTier>();
  for (const one of cases) {
    found.add(tierOf(one, choice));
    if (found.size === sandboxTiers.length || choice.sandbox !== null) break;
  }
  return sandboxTiers.filter((tier) => found.has(tier)).join(', ') || 'wasm';
}
