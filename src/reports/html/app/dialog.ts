/** What lies over the page: the browser's own dialog, with its keeping of the focus and its Esc. */
import { h } from './dom.js';

export interface Dialog {
  /** Instead of what was in it; opens it. Has an element `panel-title`. */
  readonly show: (...content: readonly Node[]) => void;
  readonly isOpen: () => boolean;
}

export function openDialog(closed: () => void): Dialog {
  const dialog = h('dialog', { 'aria-labelledby': 'panel-title' });
  document.body.append(dialog);
  dialog.addEventListener('close', closed);
  return {
    show(...content) {
      const close = h('button', { className: 'close', type: 'button' }, 'Close');
      close.addEventListener('click', () => dialog.close());
      dialog.replaceChildren(close, ...content);
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
    },
    isOpen: () => dialog.open,
  };
}
