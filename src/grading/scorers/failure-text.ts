/** How a program ended, in words that a person can act on. */
import type { Death, Raised } from '../../domain/program.js';
import { formatDuration } from '../../domain/units.js';

export function deathInWords(death: Death): string {
  switch (death.how) {
    case 'timeout':
      return `not done after ${formatDuration(death.limitMs)}`;
    case 'memory':
      return `took more than ${Math.round(death.limitBytes / 1024 ** 2)} MB of memory`;
    case 'output':
      return `printed more than ${Math.round(death.limitBytes / 1024)} KB`;
    case 'exit':
      return `ended the interpreter (${death.detail})`;
    default:
      return death satisfies never;
  }
}

export function raisedInWords({ types, message, line }: Raised): string {
  const name = types[0] ?? 'an exception';
  return `${name}${message === '' ? '' : `: ${message}`}${line === null ? '' : ` (line ${line})`}`;
}

const SOLUTION_FAILS = "the case's own solution fails: ";

/** `why`: begins with the check that failed. */
export const solutionFails = (why: string): string => `${SOLUTION_FAILS}${why}`;

/** What `solutionFails` was given. */
export const whySolutionFails = (detail: string): string => detail.replace(SOLUTION_FAILS, '');
