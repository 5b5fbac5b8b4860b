/** Code in colours: by the grammars that grading reads Python and JavaScript with. */
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { parser as javascript } from '@lezer/javascript';
import { parser as python } from '@lezer/python';
import { h } from './dom.js';

/** What takes longer to read than to scroll past stays plain. */
const MOST_CHARS = 50_000;

const parsers: Readonly<Record<string, { parse(code: string): Parameters<typeof highlightCode>[1] }>> = {
  python,
  javascript,
  typescript: javascript.configure({ dialect: 'ts' }),
};

/** Plain text in a language that has no grammar here. */
export function codeBlock(code: string, language: string | null): HTMLElement {
  const parser = language === null ? undefined : parsers[language];
  if (parser === undefined || code.length > MOST_CHARS) return h('pre', { tabindex: 0 }, code);
  const block = h('pre', { tabindex: 0 });
  highlightCode(
    code,
    parser.parse(code),
    classHighlighter,
    (text, classes) =>
      block.append(classes === '' ? h('span', {}, text) : h('span', { className: classes }, text)),
    () => block.append('\n'),
  );
  return block;
}
