/** Writes each case into the journal before the first trial that asked it. */
import { caseKey } from '../../analysis/profile.js';
import type { Case } from '../../domain/suite.js';
import type { Journal } from '../../journal/journal.js';
import type { Plan } from '../planning/plan.js';
import { askedLineOf } from './run-lines.js';

/** Writes each case into the journal before the first trial that asked it. */
export interface Questions {
  readonly append: Journal['append'];
  /** Writes down what is asked in a case, where that was not done yet. */
  note(suite: string, id: string): void;
}

/** What was asked goes before the first trial that asked it: the journal can be read without its suite. */
export function openQuestions(
  journal: Journal,
  { suites }: Plan,
  asked: ReadonlyMap<string, string>,
): Questions {
  const unasked = new Map<string, Map<string, Case>>();
  for (const { name, cases } of suites) {
    const own = unasked.get(name) ?? new Map<string, Case>();
    unasked.set(name, own);
    for (const item of cases) if (asked.get(caseKey(name, item.id)) !== item.hash) own.set(item.id, item);
  }
  /** Null where it is written down. */
  const noted = (suite: string, id: string): Promise<void> | null => {
    const ofSuite = unasked.get(suite);
    const question = ofSuite?.get(id);
    if (question === undefined) return null;
    ofSuite?.delete(id);
    return journal.append(askedLineOf(suite, question));
  };
  return {
    note(suite, id) {
      // Where the disk takes no more, the next line that is waited for says so.
      noted(suite, id)?.catch(() => {});
    },
    append(line, text) {
      const question = line.type === 'trial' ? noted(line.suite, line.case) : null;
      if (question === null) return journal.append(line, text);
      return Promise.all([question, journal.append(line, text)]).then(() => {});
    },
  };
}
