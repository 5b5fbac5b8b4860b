/** HTML and SVG from plain data. Every text is escaped; characters that are not seen, or that turn what follows, become marks. */

/** Only `el` and `document` make it, so what is in it is escaped. */
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
  if (/<\/(?:style|script)/i.test(text)) throw new Error(`a ${tag} that ends early`);
  return { html: `<${tag}>${text}</${tag}>` };
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

/**
 * Controls but tab and line feed, format characters (marks of bidirectional text, spaces of no width, soft hyphens, tags),
 * separators of lines, lone surrogates, and the supplement's variation selectors.
 */
const UNSEEN = /(?![\t\n])\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Surrogate}|[\u{e0100}-\u{e01ef}]/gu;

/** `a\u202eb` -> `a⟨U+202E⟩b`. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
