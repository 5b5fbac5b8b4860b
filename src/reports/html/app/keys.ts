/** What can be done without a mouse. */
import { h } from './dom.js';

export interface Acts {
  /** To the next (1) or the previous (-1) case. */
  readonly step: (by: 1 | -1) => void;
  readonly search: () => void;
  readonly help: () => void;
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['j, k', 'next and previous case'],
  ['Enter', 'open the case'],
  ['Esc', 'close it'],
  ['/', 'search'],
  ['?', 'this list'],
];

export function keyList(): HTMLElement {
  return h('dl', {}, ...KEYS.flatMap(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)]));
}

export function listenForKeys({ step, search, help }: Acts): void {
  const acts: Readonly<Record<string, () => void>> = {
    j: () => step(1),
    k: () => step(-1),
    '/': search,
    '?': help,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    const act = acts[event.key];
    if (act === undefined || !Object.hasOwn(acts, event.key)) return;
    act();
    event.preventDefault();
  });
}
