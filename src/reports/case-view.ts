/** What became of one case, candidate by candidate; and a run's cases at a glance. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { AttemptRecord } from '../domain/attempt-record.js';
import type { Check } from '../domain/grade.js';
import { linesOf, type MutantRecord } from '../domain/kinds/mutation.js';
import type { AskedLine, TrialRecord } from '../domain/record.js';
import { formatDuration } from '../domain/units.js';
import { plainTable, tableText } from './plain-table.js';

/** Code is shown so long; the journal has all. */
const MOST_LINES = 80;
const RULE = '─';

export interface ShownTrial {
  readonly record: TrialRecord;
  readonly simulated: boolean;
  /** Null where the answer held none. */
  readonly code: string | null;
}

export interface ShownCase {
  readonly suite: string;
  readonly id: string;
  readonly category: string;
  /** Null in journals that do not hold the questions. */
  readonly asked: AskedLine | null;
  readonly trials: readonly ShownTrial[];
  /** Candidates that have no trial of it yet, and what they wait for. */
  readonly deferred: readonly { readonly candidate: string; readonly reason: string }[];
}

export interface CaseStyle {
  readonly colour: boolean;
  readonly columns: number;
}

/** The prompt, then for each trial: verdict, who answered, how long, how the code was found, the code, each check. */
export function renderCase(shown: ShownCase, { colour, columns }: CaseStyle): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const lines = [chalk.bold(`${shown.category}/${shown.id}`) + chalk.dim(`  ${shown.suite}`), ''];
  if (shown.asked !== null) {
    if (shown.asked.system !== null) lines.push(chalk.dim('system'), ...indented(shown.asked.system), '');
    lines.push(chalk.dim('prompt'), ...indented(shown.asked.prompt), '');
  }
  const many = new Set(shown.trials.map(({ record }) => record.sample)).size > 1;
  const subject = shown.asked?.subject ?? null;
  for (const trial of shown.trials) lines.push(...trialLines(trial, subject, many, columns, chalk), '');
  for (const { candidate, reason } of shown.deferred) {
    lines.push(chalk.bold(`${RULE.repeat(2)} ${candidate}  deferred`), `  ${oneLine(reason)}`, '');
  }
  if (shown.trials.some(({ simulated }) => simulated)) lines.push(chalk.magenta('~ simulated'), '');
  return `${lines.join('\n').trimEnd()}\n`;
}

function trialLines(
  { record, simulated, code }: ShownTrial,
  subject: string | null,
  many: boolean,
  columns: number,
  chalk: ChalkInstance,
): string[] {
  const name = `${simulated ? '~' : ''}${record.candidate}`;
  const sample = many ? ` #${record.sample + 1}` : '';
  const title = `${RULE.repeat(2)} ${name}${sample}  ${verdictText(record)} `;
  const lines = [
    (simulated ? chalk.magenta : chalk.bold)(title) +
      chalk.dim(RULE.repeat(Math.max(2, Math.min(columns, 100) - title.length))),
  ];
  lines.push(...factsOf(record).map((fact) => `  ${fact}`));
  if (code !== null) lines.push('', ...numbered(code, chalk));
  else if (record.completion !== null) lines.push('', ...indented(record.completion.text));
  if (record.checks.length > 0) lines.push('', ...checkLines(record.checks, subject, chalk));
  for (const { judge, text, failure } of record.judgements ?? [])
    lines.push(chalk.dim(`  ${judge}: ${reasonsIn(text ?? failure ?? 'no answer')}`));
  return lines;
}

function verdictText({ verdict, score }: TrialRecord): string {
  if (verdict === null) return 'not judged';
  return score === null || verdict === 'passed' ? verdict : `${verdict}, score ${score.toFixed(2)}`;
}

function factsOf(record: TrialRecord): string[] {
  const { latency_ms: latencyMs, ttft_ms: ttftMs, extraction, completion } = record;
  const facts: string[] = [];
  if (record.answered_by !== null && latencyMs !== null) {
    const first = ttftMs === null ? '' : `, first token after ${formatDuration(ttftMs)}`;
    const tokens = completion?.usage.completion_tokens ?? null;
    facts.push(
      `answered by ${record.answered_by} in ${formatDuration(latencyMs)}${first}${tokens === null ? '' : `, ${tokens} tokens`}`,
    );
  } else facts.push(`unanswered: ${record.outcome.replaceAll('_', ' ')}`);
  const waits = [
    ['queued', record.queue_ms],
    ['paced', record.pace_ms],
    ['backed off', record.backoff_ms],
  ] as const;
  const waited = waits.filter(([, ms]) => ms >= 1).map(([how, ms]) => `${how} ${formatDuration(ms)}`);
  if (waited.length > 0) facts.push(`waited: ${waited.join(', ')}`);
  if (record.attempts.length > 1 || record.answered_by === null) {
    facts.push(`attempts: ${timeline(record.attempts)}`);
    const last = record.attempts.at(-1);
    if (record.answered_by === null && last?.message !== undefined)
      facts.push(`the server said: ${last.message}`);
  }
  if (extraction !== null) {
    const how = extraction.method === null ? extraction.outcome.replaceAll('_', ' ') : extraction.method;
    facts.push(`code found: ${how}`);
  }
  return facts;
}

/** `mistral-small 429 ·1.0 s· deepseek-chat 200 (2.3 s)`: a model's name where it changes. */
function timeline(attempts: readonly AttemptRecord[]): string {
  let model = '';
  return attempts
    .map((attempt, index) => {
      const name = attempt.model === model ? '' : `${attempt.model} `;
      model = attempt.model;
      const status = attempt.status === null ? attempt.outcome.replaceAll('_', ' ') : String(attempt.status);
      const good = attempt.outcome === 'answered';
      const said = good || attempt.status === null ? '' : ` ${attempt.outcome.replaceAll('_', ' ')}`;
      const took = good ? ` (${formatDuration(attempt.total_ms)})` : '';
      const isLast = index === attempts.length - 1;
      const wait = isLast ? '' : attempt.wait_ms >= 1 ? ` ·${formatDuration(attempt.wait_ms)}· ` : ' · ';
      return `${name}${status}${said}${took}${wait}`;
    })
    .join('');
}

function checkLines(checks: readonly Check[], subject: string | null, chalk: ChalkInstance): string[] {
  const silent = checks.filter(
    ({ passed, detail, evidence }) => passed && detail === null && evidence !== 'isolated',
  );
  const shown = checks.filter((check) => !silent.includes(check));
  const width = Math.max(...shown.map(({ name }) => name.length));
  const rest =
    silent.length === checks.length ? `all ${checks.length} checks` : `${silent.length} of ${checks.length}`;
  const lines = shown.flatMap(({ name, passed, score, required, detail, evidence, mutants = [] }) => {
    const mark = score === null ? '?' : passed ? '✓' : '✗';
    const optional = `${required ? '' : ' (optional)'}${evidence === 'isolated' ? ' (judged in isolation)' : ''}`;
    const said = subject === null ? detail : (detail?.replace(/; survived: .*$/s, '; survived:') ?? null);
    const text = `  ${mark} ${name.padEnd(width)}${optional}${said === null ? '' : `  ${oneLine(said)}`}`;
    const line = passed || score === null ? text : chalk.red(text);
    return subject === null ? [line] : [line, ...survivorLines(subject, mutants, chalk)];
  });
  return silent.length === 0 ? lines : [...lines, `  ✓ ${rest} passed`];
}

/** What the tests did not notice: each as a line of the subject before and after. */
function survivorLines(subject: string, mutants: readonly MutantRecord[], chalk: ChalkInstance): string[] {
  const survivors = mutants.filter(({ status }) => status === 'survived');
  return survivors.flatMap((mutant) => {
    const { line, before, after } = linesOf(subject, mutant);
    const number = String(line).padStart(6);
    return [chalk.dim(`${number} - ${oneLine(before)}`), `${number} + ${oneLine(after)}`];
  });
}

/** A judge's words without its verdict, in one line. */
function reasonsIn(text: string): string {
  const lines = text.trim().split('\n');
  const reasons = lines.filter((line) => !/^\s*(?:\{.*\}|```\w*)\s*$/.test(line)).join(' ');
  const plain = oneLine(reasons.trim() === '' ? text : reasons).trim();
  return plain.length > LONGEST_REASONS ? `${plain.slice(0, LONGEST_REASONS)}…` : plain;
}

const LONGEST_REASONS = 300;

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function numbered(code: string, chalk: ChalkInstance): string[] {
  const lines = code.replace(/\n+$/, '').split('\n');
  const width = String(lines.length).length;
  const shown = lines.slice(0, MOST_LINES).map((line, index) => {
    return `  ${chalk.dim(`${String(index + 1).padStart(width)} │`)} ${line}`.trimEnd();
  });
  return lines.length > MOST_LINES
    ? [...shown, chalk.dim(`  … ${lines.length - MOST_LINES} lines more; all with --json`)]
    : shown;
}

function indented(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

/** Rows: cases; columns: candidates; cells: how many of their answers passed. */
export function renderCases(
  cases: readonly ShownCase[],
  candidates: readonly { readonly candidate: string; readonly simulated: boolean }[],
  { colour }: CaseStyle,
): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const names = candidates.map(({ candidate }) => candidate);
  const head = ['case', ...candidates.map((one) => `${one.simulated ? '~' : ''}${one.candidate}`)];
  const table = plainTable(head, (title) => chalk.bold(title));
  for (const { category, id, trials, deferred } of cases) {
    table.push([
      `${category}/${id}`,
      ...names.map((name) =>
        cellOf(
          trials.map(({ record }) => record).filter((record) => record.candidate === name),
          deferred.some(({ candidate }) => candidate === name),
          chalk,
        ),
      ),
    ]);
  }
  const legend = '✓ passed  ✗ failed  – unanswered  ? not judged';
  const simulated = candidates.some((one) => one.simulated) ? '  ~ simulated' : '';
  return `${tableText(table)}\n${chalk.dim(`${legend}${simulated}`)}\n`;
}

function cellOf(records: readonly TrialRecord[], isDeferred: boolean, chalk: ChalkInstance): string {
  if (records.length === 0) return isDeferred ? '–' : '';
  const count = (verdict: TrialRecord['verdict']) => records.filter((one) => one.verdict === verdict).length;
  const [passed, failed, unanswered] = [count('passed'), count('failed'), count('unanswered')];
  if (records.length === 1) {
    return passed ? '✓' : failed ? chalk.red('✗') : unanswered ? '–' : '?';
  }
  const judged = passed + failed;
  const missing = records.length - judged;
  const text = `${passed}/${judged}${missing > 0 ? ` –${missing}` : ''}`;
  return failed > 0 ? chalk.red(text) : text;
}
