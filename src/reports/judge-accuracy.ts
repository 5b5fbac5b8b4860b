/** How far judges can be trusted, as a table. Raw agreement never stands without kappa beside it. */
import type { JudgeAccuracy, Limits95 } from '../domain/kinds/judge-accuracy.js';
import { whyUntrusted } from '../domain/kinds/judge-accuracy.js';
import { plainTable, tableText } from './plain-table.js';

export function judgeAccuracyText(judges: readonly JudgeAccuracy[]): string {
  const table = plainTable([
    'judge',
    'labels',
    'kappa',
    'agreement',
    'base rate',
    'true positive',
    'true negative',
    'same twice',
    'alpha',
    'canaries',
  ]);
  for (const one of judges)
    table.push([
      one.judge,
      String(one.labels),
      one.kappa === null
        ? 'n/a'
        : `${one.kappa.value.toFixed(2)} ${one.kappa.low.toFixed(2)}–${one.kappa.high.toFixed(2)}`,
      percent(one.agreement),
      percent(one.base_rate),
      rate(one.true_positive_rate),
      rate(one.true_negative_rate),
      one.consistency === null ? '–' : percent(one.consistency),
      one.alpha === null ? '–' : one.alpha.toFixed(2),
      one.canaries === null ? '–' : `${one.canaries.passed} of ${one.canaries.asked} passed`,
    ]);
  return `${[tableText(table), ...judges.flatMap(notesOf)].join('\n')}\n`;
}

function notesOf(one: JudgeAccuracy): string[] {
  const untrusted = whyUntrusted(one);
  return [
    ...(one.failures > 0 ? [`${one.judge} gave no verdict ${one.failures} times: these are left out.`] : []),
    ...((one.canaries?.passed ?? 0) > 0
      ? [`${one.judge} passed answers that only order a pass: do not let it judge answers that may try.`]
      : []),
    ...(untrusted === null ? [] : [`${one.judge} decides no gate: ${untrusted}.`]),
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

const rate = (limits: Limits95 | null): string =>
  limits === null
    ? 'n/a'
    : `${percent(limits.value)} ${Math.round(limits.low * 100)}–${Math.round(limits.high * 100)}`;
