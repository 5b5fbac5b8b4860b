/** HTML and SVG from plain data. Every text is escaped; characters that are not seen, or that turn what follows, become marks. */

import { visible } from './visible.js';

/** Only the functions below make it, so what is in it is escaped. */
export interface Markup {
  readonly html: string;
}

export type Child = Markup | string | number | null;
/** `true`: the attribute without a value; `false` and null: none. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

const VOID = new Set(['meta', 'br', 'hr', 'input', 'link']);

export function el(tag: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const open = Object.entries(attributes)
    .flatMap(([name, value]) => {
      if (value === false || value === null) return [];
      return value === true ? [` ${name}`] : [` ${name}="${escaped(String(value))}"`];
    })
    .join('');
  if (VOID.has(tag)) return { html: `<${tag}${open}>` };
  return { html: `<${tag}${open}>${joined(children)}</${tag}>` };
}

export function fragment(...children: readonly Child[]): Markup {
  return { html: joined(children) };
}

/** Style and script as they are: of our own, and without an end tag within. */
export function raw(tag: 'style' | 'script', text: string): Markup {
  if (/<\/(?:style|script)|<!--/i.test(text)) throw new Error(`a ${tag} that ends early`);
  return { html: `<${tag}>${text}</${tag}>` };
}

/** Data for our script; browsers neither run nor show it. */
export function data(id: string, base64: string): Markup {
  return el('script', { type: 'application/octet-stream', id }, base64);
}

function joined(children: readonly Child[]): string {
  return children
    .map((child) => (child === null ? '' : typeof child === 'object' ? child.html : escaped(String(child))))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
