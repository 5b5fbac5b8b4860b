/** What scripts and CI jobs read of a run. */
import type { ComparedVerdict } from '../domain/comparison.js';

export const exitCodes = {
  done: 0,
  gateFailed: 1,
  wrongInput: 2,
  notEnoughMeasured: 3,
  /** EX_SOFTWARE of sysexits.h. */
  internalError: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface RunResult {
  readonly interrupted: boolean;
  /** Trials unanswered, in error or held back. */
  readonly missing: number;
  readonly allowedMissing: number | 'all';
  /** Trials with a verdict of passed or failed. */
  readonly judged: number;
  readonly gates: readonly { readonly holds: boolean; readonly value: number | null }[];
  /** Of the comparison with a baseline, where there is one. */
  readonly comparison: ExitCode;
}

/** A gate that fails outweighs what is missing: it was asked for by name. One without a figure has not failed. */
export function exitCodeOf(result: RunResult): ExitCode {
  const { interrupted, missing, allowedMissing, judged, gates, comparison } = result;
  return interrupted
    ? exitCodes.interrupted
    : comparison === exitCodes.gateFailed || gates.some((gate) => !gate.holds && gate.value !== null)
      ? exitCodes.gateFailed
      : judged === 0 || gates.some((gate) => gate.value === null) || missing > toNumber(allowedMissing)
        ? exitCodes.notEnoughMeasured
        : comparison;
}

export function comparisonCode(verdict: ComparedVerdict, allowInconclusive: boolean): ExitCode {
  switch (verdict) {
    case 'fail':
      return exitCodes.gateFailed;
    case 'inconclusive':
      return allowInconclusive ? exitCodes.done : exitCodes.notEnoughMeasured;
    case 'pass':
    case 'warn':
      return exitCodes.done;
    default:
      return verdict satisfies never;
  }
}

function toNumber(allowed: number | 'all'): number {
  return allowed === 'all' ? Number.POSITIVE_INFINITY : allowed;
}
