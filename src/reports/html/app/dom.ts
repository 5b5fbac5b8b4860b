/** Elements from data. Texts go in as text, never as markup. */
import { visible } from '../visible.js';

type Child = Node | string | null;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Pick<HTMLElementTagNameMap[K], 'className' | 'id' | 'title' | 'tabIndex'>> &
    Readonly<Record<string, string | number | boolean | undefined>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === 'className') element.className = String(value);
    else element.setAttribute(name, value === true ? '' : visible(String(value)));
  }
  for (const child of children)
    if (child !== null) element.append(typeof child === 'string' ? visible(child) : child);
  return element;
}
