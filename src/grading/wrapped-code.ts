/** Code inside something else: JSON with a `code` field, a method of a class `Solution`, a diff that only adds. */
import type { Language } from './languages/language.js';

export interface Unwrapped {
  readonly code: string;
  readonly method: string;
}

const FIELDS = ['code', 'solution', 'answer', 'implementation'] as const;

export function unwrapped(text: string, language: Language, entry: string | null): Unwrapped | null {
  return fromJson(text) ?? fromDiff(text) ?? fromMethod(text, language, entry);
}

function fromJson(text: string): Unwrapped | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return null;
  try {
    const parsed = JSON.parse(trimmed) as Readonly<Record<string, unknown>>;
    for (const field of FIELDS) {
      const code = parsed[field];
      if (typeof code === 'string') return { code: withoutFence(code), method: 'json' };
    }
  } catch {
    // No JSON: then it is wrapped in something else, or in nothing.
  }
  return null;
}

function withoutFence(code: string): string {
  return /^\s*```[^\n]*\n([\s\S]*?)\n?```\s*$/.exec(code)?.[1] ?? code;
}

function fromDiff(text: string): Unwrapped | null {
  const lines = text.split('\n').filter((line) => !/^(diff |index |--- |\+\+\+ |@@ )/.test(line));
  const added = lines.filter((line) => line.trim() !== '');
  if (added.length === 0 || !added.every((line) => line.startsWith('+'))) return null;
  return {
    code: `${lines
      .map((line) => line.slice(1))
      .join('\n')
      .trimEnd()}\n`,
    method: 'diff',
  };
}

/** `class Solution: def entry(self, …)`: a function of that name that calls it. */
function fromMethod(text: string, language: Language, entry: string | null): Unwrapped | null {
  if (entry === null) return null;
  // By its words: text around it does not parse, and a parser that goes on nevertheless is slow.
  const owner = /^(?:export (?:default )?)?class\s+([\w$]+)/m.exec(text)?.[1];
  if (owner === undefined) return null;
  const call =
    language.name === 'python'
      ? new RegExp(`^[ \\t]+(?:async )?def ${entry}\\(`, 'm').test(text)
        ? `\n\ndef ${entry}(*args, **kwargs):\n    return ${owner}().${entry}(*args, **kwargs)\n`
        : null
      : new RegExp(`^[ \\t]+(?:static )?(?:async )?${entry}\\(`, 'm').test(text)
        ? `\n\nfunction ${entry}(...args) {\n  return (${owner}.${entry} ? ${owner} : new ${owner}()).${entry}(...args);\n}\n`
        : null;
  return call === null ? null : { code: `${text.trimEnd()}${call}`, method: 'method' };
}
