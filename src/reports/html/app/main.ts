/** Brings the cases of the page to life: filters, one case in full, keys, addresses. Without it the page still has every figure. */
import { openDialog } from './dialog.js';
import { h } from './dom.js';
import { addressOf, type Filters, filterBar, isShown, readAddress } from './filters.js';
import { keyList, listenForKeys } from './keys.js';
import { type Model, modelOf, readRun } from './model.js';
import { casePanel } from './panel.js';

function start(model: Model, section: HTMLElement): void {
  const rows = new Map(model.cases.map((one) => [one.row, document.getElementById(one.row)]));
  let { open, filters } = readAddress(location.hash);
  let current: string | null = null;

  const count = h('p', { className: 'note', role: 'status' });
  const remember = () => history.replaceState(null, '', addressOf(open, filters));
  const buttonOf = (row: string) => rows.get(row)?.querySelector('button') ?? null;
  const dialog = openDialog(() => {
    open = null;
    remember();
    // The event comes a moment after the dialog has gone: whoever types by then goes on typing.
    const isFree = document.activeElement === document.body || document.activeElement?.matches('button.open');
    if (isFree && current !== null) buttonOf(current)?.focus();
  });

  const shownRows = () => model.cases.filter((one) => isShown(one, filters, model)).map(({ row }) => row);

  function applyFilters(wanted: Filters): void {
    filters = wanted;
    const shown = new Set(shownRows());
    for (const [id, row] of rows) if (row !== null) row.hidden = !shown.has(id);
    for (const body of section.querySelectorAll('tbody'))
      body.hidden = [...body.rows].slice(1).every((row) => row.hidden);
    count.textContent = `${shown.size} of ${model.cases.length} cases`;
    remember();
  }

  function show(row: string): void {
    const one = model.cases.find((known) => known.row === row);
    if (one === undefined) return;
    open = row;
    current = row;
    dialog.show(casePanel(one, model));
    remember();
  }

  function step(by: number): void {
    const shown = shownRows();
    const at = current === null ? -1 : shown.indexOf(current);
    const next = shown[Math.min(shown.length - 1, at < 0 ? 0 : Math.max(0, at + by))];
    if (next === undefined) return;
    current = next;
    if (dialog.isOpen()) show(next);
    else buttonOf(next)?.focus();
  }

  for (const [id, row] of rows)
    if (row !== null)
      makeLive(
        row,
        () => show(id),
        () => {
          current = id;
        },
      );
  listenForKeys({
    step,
    search: () => {
      if (!dialog.isOpen()) document.getElementById('filter-text')?.focus();
    },
    help: () => dialog.show(h('h2', { id: 'panel-title' }, 'Keys'), keyList()),
  });
  addEventListener('hashchange', () => {
    const wanted = readAddress(location.hash).open;
    if (wanted !== null && wanted !== open) show(wanted);
  });
  const hint = h(
    'p',
    { className: 'note hint' },
    'Select a case for its prompt, answers and checks. Press ? for keys.',
  );
  section.querySelector('h2')?.after(filterBar(model, filters, applyFilters), count, hint);
  applyFilters(filters);
  if (open !== null) show(open);
}

/** Its name becomes a button; a click anywhere in it is one on the button. */
function makeLive(row: HTMLElement, chosen: () => void, focused: () => void): void {
  const name = row.querySelector('th');
  if (name === null) return;
  const button = h('button', { className: 'open', type: 'button' }, name.textContent ?? '');
  name.replaceChildren(button);
  row.classList.add('live');
  row.addEventListener('click', chosen);
  button.addEventListener('focus', focused);
}

const stored = document.getElementById('data')?.textContent;
const section = document.getElementById('cases');
if (stored && section !== null) readRun(stored).then((run) => start(modelOf(run), section));
