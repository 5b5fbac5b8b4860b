/** Which cases are shown: by category, candidate and verdict, language and text. Kept in the address, so a reload keeps them. */
import { h } from './dom.js';
import type { Model, ShownCase } from './model.js';

export interface Filters {
  readonly category: string;
  readonly candidate: string;
  readonly verdict: string;
  readonly language: string;
  readonly text: string;
}

export const keys = ['category', 'candidate', 'verdict', 'language', 'text'] as const;

/** `#case/x?category=simple`: the case that is open, and the filters. */
export function readAddress(hash: string): { readonly open: string | null; readonly filters: Filters } {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const read = new URLSearchParams(query);
  const of = (key: string) => read.get(key) ?? '';
  const filters = {
    category: of('category'),
    candidate: of('candidate'),
    verdict: of('verdict'),
    language: of('language'),
    text: of('text'),
  };
  return { open: path === '' ? null : safeDecoded(path), filters };
}

export function addressOf(open: string | null, filters: Filters): string {
  const query = new URLSearchParams();
  for (const key of keys) if (filters[key] !== '') query.set(key, filters[key]);
  const asked = query.toString();
  return `#${open === null ? '' : encodeURI(open)}${asked === '' ? '' : `?${asked}`}`;
}

function safeDecoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

export function isShown(one: ShownCase, filters: Filters, model: Model): boolean {
  const { category, candidate, verdict, language, text } = filters;
  if (category !== '' && one.category !== category) return false;
  if (language !== '' && one.language !== language) return false;
  const own = one.trials.filter((trial) => candidate === '' || trial.candidate === candidate);
  if (candidate !== '' && own.length === 0) return false;
  if (verdict !== '' && !own.some((trial) => trial.verdict === verdict)) return false;
  if (text === '') return true;
  const wanted = text.toLowerCase();
  const has = (found: string | null) => found?.toLowerCase().includes(wanted) === true;
  return (
    has(one.id) ||
    has(model.text(one.prompt)) ||
    own.some(({ at }) => has(model.text(model.run.trials.answer[at] ?? -1)))
  );
}

/** The bar above the cases; `changed` is called with what is wanted now. */
export function filterBar(model: Model, first: Filters, changed: (filters: Filters) => void): HTMLElement {
  const values = (read: (one: ShownCase) => readonly (string | null)[]) =>
    [...new Set(model.cases.flatMap(read))].filter((value) => value !== null && value !== '');
  const choices: readonly (readonly [Exclude<keyof Filters, 'text'>, readonly (string | null)[]])[] = [
    ['category', values(({ category }) => [category])],
    ['candidate', values(({ trials }) => trials.map(({ candidate }) => candidate))],
    ['verdict', values(({ trials }) => trials.map(({ verdict }) => verdict))],
    ['language', values(({ language }) => [language])],
  ];
  const selects = choices.map(([key, options]) => {
    const select = h(
      'select',
      { id: `filter-${key}` },
      h('option', { value: '' }, `any ${key}`),
      ...options.map((value) => h('option', { value: value ?? '' }, value ?? '')),
    );
    select.value = first[key];
    return [key, select] as const;
  });
  const search = h('input', {
    id: 'filter-text',
    type: 'search',
    placeholder: 'text in id, prompt or answer',
  });
  search.value = first.text;
  const read = () => {
    const of = Object.fromEntries(selects.map(([key, select]) => [key, select.value]));
    changed({ ...first, ...of, text: search.value });
  };
  for (const [, select] of selects) select.addEventListener('change', read);
  search.addEventListener('input', read);
  return h(
    'div',
    { className: 'filters', role: 'search' },
    ...selects.map(([key, select]) => h('label', {}, h('span', {}, key), select)),
    h('label', {}, h('span', {}, 'text'), search),
  );
}
