/** Code of a case as a model would answer with it. */
import type { Case } from '../domain/suite.js';

/** Whether only its words are scored. */
export const isProse = ({ scorings }: Pick<Case, 'scorings'>): boolean =>
  scorings.length > 0 && scorings.every(({ needsCode }) => !needsCode);

/** In a fence, unless the case asks for prose. */
export const answerWith = (code: string, asked: Pick<Case, 'scorings' | 'language'>): string =>
  isProse(asked) ? code : fenced(code, asked.language);

/** A fence is longer than any run of backticks inside. */
export function fenced(code: string, language: string | null): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language ?? ''}\n${code.replace(/\n*$/, '\n')}${fence}\n`;
}
