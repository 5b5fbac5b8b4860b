/** report.html: one file that people look at. It opens from disk, needs no network, and has every figure without its script. */
import { createHash } from 'node:crypto';
import type { Comparison } from '../../domain/comparison.js';
import type { RunSummary } from '../../domain/summary.js';
import type { ReportedRun, RunReport } from '../report.js';
import { categoriesOf, conclusionsOf, rowsOf, simulatedNote } from '../wording.js';
import { answerPage, besideOf } from './answers.js';
import { app } from './bundled/app.js';
import { gate } from './gate.js';
import { headline } from './headline.js';
import { heatMap } from './heat-map.js';
import { data, el, fragment, type Markup, raw } from './markup.js';
import { matrix } from './matrix.js';
import { pack, squeezed } from './pack.js';
import { scatters } from './scatter.js';
import { strips } from './strips.js';
import { style } from './style.js';
import { timelines } from './timeline.js';

export const html: RunReport = { kind: 'html', file: 'report.html', needsCases: true, render, beside };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

function render(run: ReportedRun, file = html.file): string {
  const { summary, profile, cases, before, comparison } = run;
  const compared =
    comparison === null || before === null
      ? null
      : {
          name: comparison.baseline.name ?? comparison.baseline.id,
          cases: before,
          candidates: namesBefore(comparison),
        };
  const policy = `default-src 'none'; style-src 'sha256-${sha256(style)}'; script-src 'sha256-${sha256(app)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const names = summary.suites.map(({ name }) => name).join(', ');
  const head = el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('title', {}, `${names} – ${summary.id}`),
    raw('style', style),
  );
  const body = el(
    'body',
    {},
    el('header', {}, el('h1', {}, names), about(summary), el('p', { class: 'lead' }, headline(summary))),
    el(
      'main',
      {},
      summary.simulated ? el('p', { class: 'simulated' }, `~ ${simulatedNote}`) : null,
      gate(run),
      matrix(summary),
      scatters(summary),
      cases === null ? null : strips(rowsOf(summary), cases),
      cases === null ? null : timelines(rowsOf(summary), cases),
      conclusions(summary),
      heatMap(profile, summary.by === 'category' ? categoriesOf(summary) : []),
    ),
    ...(cases === null
      ? []
      : [data('data', squeezed(pack(cases, compared, besideOf(cases, file)))), raw('script', app)]),
  );
  return `<!doctype html>\n${el('html', { lang: 'en' }, head, body).html}\n`;
}

function* beside({ cases }: ReportedRun, file: string) {
  const wanted = cases === null ? null : besideOf(cases, file);
  if (wanted === null) return;
  for (const [at, one] of (cases ?? []).entries())
    yield { path: `${wanted.folder}/${wanted.pages[at]}`, text: answerPage(one) };
}

function about({ suites, id, started_at, tool, totals }: RunSummary): Markup {
  const cases = suites.reduce((sum, suite) => sum + suite.cases, 0);
  const parts = [
    `${cases} cases`,
    `${totals.trials} of ${totals.planned} trials`,
    `run ${id}`,
    started_at.slice(0, 10),
    `${tool.name} ${tool.version}`,
  ];
  return el('p', { class: 'about' }, parts.join(' · '));
}

function conclusions(summary: RunSummary): Markup {
  const sentences = conclusionsOf(summary);
  if (sentences.length === 0) return fragment();
  return el(
    'section',
    { id: 'conclusions' },
    el('h2', {}, 'What may be concluded'),
    el('ul', {}, ...sentences.map((sentence) => el('li', {}, sentence))),
  );
}

const namesBefore = ({ candidates }: Comparison): ReadonlyMap<string, string> =>
  new Map(candidates.map(({ candidate, baseline_candidate }) => [candidate, baseline_candidate]));
