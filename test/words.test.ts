/** How `bench` speaks: what a person reads uses the field's terms, and none of the words that they replaced. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parser } from '@lezer/javascript';
import { expect, it } from 'vitest';
import { errorCodes } from '../src/domain/errors/error-codes.js';

const root = resolve(import.meta.dirname, '..');

/** What must not be read, and what to write instead. */
const banned: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bmends?\b|\bmending\b/i, instead: 'fix' },
  { pattern: /\btell(s|ing)?\b|\btold\b/i, instead: 'report, log, distinguish' },
  { pattern: /\bgate closed\b|closed for \d/i, instead: 'paused' },
  { pattern: /\bparked\b/i, instead: 'deferred' },
  { pattern: /\bpaced?\b/i, instead: 'throttled, request rate' },
  { pattern: /\b(goes|go|gone) on with\b/i, instead: 'resume' },
  {
    pattern: /(?<!there )\bis no (known|JSON|suite|baseline|journal|block|threshold|trend|value)\b/i,
    instead: 'unknown, invalid, not a',
  },
  { pattern: /\bis none of\b|\bthat is none\b/i, instead: 'not a, invalid' },
  { pattern: /\bstands? (here|twice|alone|at)\b/i, instead: 'is listed' },
  { pattern: /\bso many\b|\bso long\b|\bafter so\b/i, instead: 'this number of, this long' },
  { pattern: /\bas far as\b/i, instead: 'the test and its result' },
  { pattern: /\bmay be lost\b/i, instead: 'largest acceptable drop' },
  { pattern: /\bfalse alarms?\b/i, instead: 'false-positive rate, significance level' },
  { pattern: /\bno room (here )?for\b/i, instead: 'hidden columns' },
  { pattern: /\bspoke (out of turn|nonsense)\b/i, instead: 'protocol violation, malformed message' },
  { pattern: /\bwas not done with\b/i, instead: 'timed out' },
  { pattern: /\blane is down\b|\btaken down\b/i, instead: 'model disabled for this run' },
  { pattern: /\bas they seem\b/i, instead: 'if the difference is real' },
  { pattern: /\bwhat the sandbox lacks\b/i, instead: 'something the sandbox does not have' },
  { pattern: /\bglimpse|\bcrowded\b/i, instead: 'peek, concurrency' },
];

/** Literals that hold a sentence: two words or more. */
function sentencesIn(source: string): string[] {
  const found: string[] = [];
  parser
    .configure({ dialect: 'ts' })
    .parse(source)
    .iterate({
      enter({ name, from, to }) {
        if (name !== 'String' && name !== 'TemplateString') return;
        const text = source.slice(from, to);
        if (/[a-z,;:] [a-z]/i.test(text)) found.push(text.replaceAll(/\$\{[^}]*\}/g, '…'));
      },
    });
  return found;
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

/** Prose without its code: what is quoted there is data. */
const proseOf = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '…');

function wrongIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    banned
      .filter(({ pattern }) => pattern.test(text))
      .map(({ pattern, instead }) => `${pattern.exec(text)?.[0]} → ${instead}: ${text.slice(0, 100)}`),
  );
}

it('messages and help use the terms of the field', () => {
  const wrong = filesIn('src', '.ts').flatMap((file) =>
    wrongIn(sentencesIn(readFileSync(join(root, file), 'utf8'))).map((found) => `${file}: ${found}`),
  );
  expect(wrong).toEqual([]);
});

it('so do the README and the docs', () => {
  const wrong = ['README.md', ...filesIn('docs', '.md'), ...filesIn('recipes', '.md')].flatMap((file) =>
    wrongIn(proseOf(readFileSync(join(root, file), 'utf8')).split('\n')).map((found) => `${file}: ${found}`),
  );
  expect(wrong).toEqual([]);
});

it('every error code is used, and each has a cause and a fix', () => {
  const sources = filesIn('src', '.ts').filter((file) => !file.endsWith('error-codes.ts'));
  const text = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  expect(Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  for (const { cause, fix } of Object.values(errorCodes))
    expect([cause, fix].map((one) => one.endsWith('.'))).toEqual([true, true]);
});

it('the rule itself finds a sentence, in both kinds of literal, and nothing in a comment', () => {
  const source = "// a lane is down\nconst a = 'the lane is down';\nconst b = `after so many requests`;";
  expect(wrongIn(sentencesIn(source))).toHaveLength(2);
});
