/** What a schema found wrong, as diagnostics with places and help. */
import { z } from 'zod';
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import { checkExamples } from './schema.js';
import type { Locate, Path } from './yaml-source.js';

type Issue = z.core.$ZodIssue;

export interface About {
  /** `case "average"`, `the suite`. */
  readonly subject: string;
  readonly locate: Locate;
  /** For the keys that may stand where an unknown one does. */
  readonly schema: z.ZodType;
}

export function mistakesOf(error: z.ZodError, about: About): Diagnostic[] {
  // A block with a misspelt key lacks the right one: that is one mistake, not two.
  const misspelt = new Set(
    error.issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => issue.path.join('.')),
  );
  return error.issues
    .filter((issue) => issue.code !== 'custom' || !misspelt.has(issue.path.join('.')))
    .flatMap((issue) => mistakesIn(issue, [], about));
}

function mistakesIn(issue: Issue, prefix: Path, about: About): Diagnostic[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const value = () => about.locate(path, 'value');
  const named = path.length === 0 ? '' : `"${path.join('.')}" of `;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, about));
    case 'invalid_type':
      if (issue.input === undefined && /undefined/.test(issue.message)) {
        return [missing(path, about)];
      }
      return [
        {
          ...value(),
          code: 'file/invalid-value',
          message: `${named}${about.subject} takes ${wanted(issue)}`,
        },
      ];
    case 'invalid_value': {
      const known = issue.values.map(String);
      const given = typeof issue.input === 'string' ? didYouMean(issue.input, known) : null;
      return [
        {
          ...value(),
          code: 'file/invalid-value',
          message: `${named}${about.subject} takes one of ${known.join(', ')}`,
          ...(given === null ? {} : { help: given }),
        },
      ];
    }
    case 'invalid_union': {
      // A map where a map may stand: the mistakes are inside it, and that branch names them.
      const deep = issue.errors.find((branch) =>
        branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
      );
      if (issue.input === undefined) return [missing(path, about)];
      if (deep !== undefined) return deep.flatMap((inner) => mistakesIn(inner, path, about));
      return [
        {
          ...value(),
          code: 'file/invalid-value',
          message: `${named}${about.subject} takes ${issue.message}`,
        },
      ];
    }
    default:
      return [
        { ...value(), code: 'file/invalid-value', message: `${named}${about.subject}: ${issue.message}` },
      ];
  }
}

/** The example of the schema shows how it is written. */
function missing(path: Path, about: About): Diagnostic {
  const key = path.at(-1) ?? '';
  const example = exampleAt(about.schema, path);
  const how =
    typeof example === 'string' || typeof example === 'number' ? `add ${key}: ${example}` : `add ${key}:`;
  return {
    ...about.locate(path.slice(0, -1), 'value'),
    code: 'file/missing-key',
    message: `${about.subject} needs "${path.join('.')}"`,
    help: typeof example === 'string' || typeof example === 'number' ? `${how}, say` : how,
  };
}

function unknownKey(key: string, path: Path, about: About): Diagnostic {
  const place = about.locate([...path, key], 'key');
  const inside = path.length === 0 ? about.subject : `"${path.join('.')}" of ${about.subject}`;
  const example = path.length === 0 ? checkExamples.get(key) : undefined;
  if (example !== undefined) {
    return {
      ...place,
      code: 'file/unknown-key',
      message: `"${key}" in ${inside} belongs under checks`,
      help: `write ${example.replaceAll(/\s*\n\s*/g, ' ')}`,
    };
  }
  const known = keysAt(about.schema, path);
  const help = didYouMean(key, known) ?? (known.length > 0 ? `known are ${known.join(', ')}` : null);
  return {
    ...place,
    code: 'file/unknown-key',
    message: `unknown key "${key}" in ${inside}`,
    ...(help === null ? {} : { help }),
  };
}

function wanted(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  const own = /^Invalid input/.test(issue.message) ? null : issue.message;
  if (own !== null) return own;
  switch (issue.expected) {
    case 'string':
      return 'a text';
    case 'number':
    case 'int':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a block of keys';
    default:
      return `a value of type ${issue.expected}`;
  }
}

function exampleAt(schema: z.ZodType, path: Path): unknown {
  let at: unknown = schema;
  for (const step of path) at = childOf(unwrapped(at), step);
  const meta = at instanceof z.ZodType ? at.meta() : undefined;
  return Array.isArray(meta?.['examples']) ? meta['examples'][0] : undefined;
}

/** The keys of the object that the schema has at a path. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const step of path) at = childOf(unwrapped(at), step);
  const found = unwrapped(at);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.map(unwrapped).find((option) => option instanceof z.ZodObject) ?? null;
}

function childOf(schema: unknown, step: string | number): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[step];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : null;
}
