/** One case in full: the prompt, and for each trial its verdict, code, checks, answer and requests. */
import { diffLines } from 'diff';
import { h } from './dom.js';
import { codeBlock } from './highlight.js';
import { checksOf, type Model, type ShownCase, type ShownCheck, type Trial } from './model.js';

export function casePanel(one: ShownCase, model: Model): DocumentFragment {
  const shown = document.createDocumentFragment();
  const system = model.text(one.system);
  const prompt = model.text(one.prompt);
  shown.append(
    h('h2', { id: 'panel-title' }, `${one.category}/${one.id}`),
    prompt === null ? '' : h('pre', { className: 'prompt', tabindex: 0 }, prompt),
    system === null ? '' : folded('System message', h('pre', { tabindex: 0 }, system)),
    answersBeside(one, model),
    ...one.trials.map((trial) => trialPart(trial, one, model)),
  );
  if (one.trials.length === 0) shown.append(h('p', {}, 'It was not asked.'));
  return shown;
}

function answersBeside({ at }: ShownCase, { run }: Model): HTMLElement | string {
  const page = run.beside?.pages[at];
  if (run.beside === null || page === undefined) return '';
  const link = h('a', { href: page }, 'Answers and code of this case');
  return h('p', {}, link, ` (${run.beside.note})`);
}

function trialPart(
  { at, candidate, model: own, sample, verdict }: Trial,
  { language }: ShownCase,
  model: Model,
): HTMLElement {
  const { run, text } = model;
  const { trials } = run;
  const code = text(trials.code[at] ?? -1);
  const answer = text(trials.answer[at] ?? -1);
  const score = trials.score[at] ?? null;
  const answeredBy = text(trials.answered_by[at] ?? -1);
  const facts = [
    verdict,
    score === null ? null : `score ${score.toFixed(2)}`,
    answeredBy === null || answeredBy === own ? null : `answered by ${answeredBy}`,
    duration('', trials.latency_ms[at] ?? null),
    duration('waited ', trials.waited_ms[at] || null),
    `outcome: ${text(trials.outcome[at] ?? -1) ?? 'unknown'}`,
  ].filter((fact) => fact !== null);
  return h(
    'section',
    { className: 'trial' },
    h(
      'h3',
      {},
      `${candidate}${sample > 1 ? ` · sample ${sample}` : ''}`,
      h('span', { className: `verdict ${verdict}` }, verdict),
    ),
    h('p', { className: 'note' }, facts.slice(1).join(' · ')),
    run.beside !== null
      ? null
      : code === null
        ? h('p', {}, answer === null ? 'No answer.' : 'No code was found in the answer.')
        : codeBlock(code, language),
    changePart(at, model),
    checkTables(checksOf(at, model)),
    answer === null ? null : folded('Answer as it came', h('pre', { tabindex: 0 }, answer)),
    attemptsOf(trials.attempts[at] ?? [], text),
  );
}

function duration(what: string, ms: number | null): string | null {
  if (ms === null) return null;
  return `${what}${ms < 995 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`}`;
}

/** Against the baseline: what it was judged, and a diff of the code if that is another. */
function changePart(at: number, { run, text }: Model): HTMLElement | null {
  const was = text(run.trials.verdict_before[at] ?? -1);
  if (run.baseline === null || was === null) return null;
  const place = run.trials.code_before[at] ?? -1;
  const before = text(place);
  const code = text(run.trials.code[at] ?? -1);
  const title = `${run.baseline}: ${was}`;
  if (before === null) return h('p', { className: 'note' }, title);
  if (place === run.trials.code[at]) return h('p', { className: 'note' }, `${title}, with the same code`);
  const lines = diffLines(before, code ?? '').flatMap(({ value, added, removed }) => {
    const [sign, className] = added ? ['+', 'added'] : removed ? ['−', 'removed'] : [' ', 'same'];
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => h('span', { className }, `${sign} ${line}\n`));
  });
  const diff = h('pre', { className: 'diff', tabindex: 0 }, ...lines);
  return h('details', { open: true }, h('summary', {}, `${title}, with this code: − then, + now`), diff);
}

/** Failed ones first: they are what people look for. */
function checkTables(checks: readonly ShownCheck[]): HTMLElement | null {
  if (checks.length === 0) return null;
  const row = ({ name, result, detail }: ShownCheck) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      h('td', { className: `verdict ${result}` }, result),
      h('td', { className: 'detail' }, detail),
    );
  const table = (rows: readonly ShownCheck[]) =>
    h('table', { className: 'checks' }, h('tbody', {}, ...rows.map(row)));
  const failed = checks.filter(({ result }) => result !== 'passed');
  const passed = checks.filter(({ result }) => result === 'passed');
  return h(
    'div',
    {},
    failed.length === 0 ? null : table(failed),
    passed.length === 0 ? null : folded(`${passed.length} of ${checks.length} checks passed`, table(passed)),
  );
}

function attemptsOf(
  attempts: Model['run']['trials']['attempts'][number],
  text: Model['text'],
): HTMLElement | null {
  if (attempts.length < 2) return null;
  const items = attempts.map(([model, outcome, status, totalMs, waitMs, message]) => {
    const parts = [
      text(model),
      status === null ? text(outcome) : `${status} ${text(outcome)}`,
      duration('', totalMs),
      waitMs > 0 ? duration('then waited ', waitMs) : null,
      text(message),
    ];
    return h('li', {}, parts.filter((part) => part !== null).join(' · '));
  });
  return folded(`${attempts.length} requests`, h('ol', {}, ...items));
}

const folded = (title: string, content: Node): HTMLElement =>
  h('details', {}, h('summary', {}, title), content);
