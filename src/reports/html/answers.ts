/** Pages beside a report whose answers would make it too large: one for each case, inert as the report itself. */
import { createHash } from 'node:crypto';
import type { ShownCase, ShownTrial } from '../case-view.js';
import { el, type Markup, raw } from './markup.js';
import { style } from './style.js';

/** Pages with more than this are slow to open everywhere. */
const MOST_ANSWER_CHARS = 10_000_000;

/** Of a run: null if its answers are few enough to be in the report. `file`: the report's, without folders. */
export interface Beside {
  /** Characters of all answers. */
  readonly chars: number;
  /** Without folders. */
  readonly folder: string;
  /** By case: the page's name in the folder. */
  readonly pages: readonly string[];
}

export function besideOf(cases: readonly ShownCase[], file: string): Beside | null {
  const answers = cases.flatMap(({ trials }) => trials.map(({ record }) => record.completion?.text ?? ''));
  const chars = answers.reduce((sum, text) => sum + text.length, 0);
  if (chars <= MOST_ANSWER_CHARS) return null;
  const width = String(cases.length).length;
  return {
    chars,
    folder: `${file.replace(/\.html?$/i, '')}-answers`,
    pages: cases.map(
      ({ id }, at) =>
        `${String(at + 1).padStart(width, '0')}-${id.replaceAll(/[^\w-]+/g, '-').slice(0, 60)}.html`,
    ),
  };
}

/** Of case `at`. */
export function answerPage({ category, id, suite, trials }: ShownCase): string {
  const sha256 = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${sha256}'; base-uri 'none'; form-action 'none'`;
  const head = el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('title', {}, `${category}/${id}`),
    raw('style', style),
  );
  const body = el(
    'body',
    {},
    el('header', {}, el('h1', {}, `${category}/${id}`), el('p', { class: 'about' }, suite)),
    el('main', {}, ...trials.map(trialPart)),
  );
  return `<!doctype html>\n${el('html', { lang: 'en' }, head, body).html}\n`;
}

function trialPart({ record, simulated, code }: ShownTrial): Markup {
  const { candidate, sample, verdict, completion } = record;
  const title = `${simulated ? '~' : ''}${candidate}${sample > 1 ? ` · sample ${sample}` : ''}`;
  const block = (text: string) => el('pre', { class: 'whole', tabindex: 0 }, text);
  return el(
    'section',
    { class: 'trial' },
    el('h2', {}, title),
    el('p', { class: 'note' }, verdict ?? 'unanswered'),
    ...(code === null ? [el('p', {}, 'No code was found.')] : [block(code)]),
    ...(completion === null ? [] : [el('h3', {}, 'Answer as it came'), block(completion.text)]),
  );
}
