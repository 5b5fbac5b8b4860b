/** Every key of the formats is told with its meaning and an example, and the examples are right. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseSchema, configSchema, jsonSchemas, suiteSchema } from '../../src/suite/schema.js';

interface Told {
  readonly path: string;
  readonly schema: z.ZodType;
}

function unwrapped(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrapped);
  if (schema instanceof z.ZodArray) return unwrapped(schema.element);
  if (schema instanceof z.ZodRecord) return unwrapped(schema.valueType);
  return [schema];
}

function keysOf(schema: unknown, path: string): Told[] {
  return unwrapped(schema).flatMap((inner) =>
    inner instanceof z.ZodObject
      ? Object.entries(inner.shape).flatMap(([key, value]) => [
          { path: `${path}${key}`, schema: value as z.ZodType },
          ...keysOf(value, `${path}${key}.`),
        ])
      : [],
  );
}

const all = [...keysOf(suiteSchema, 'suite: '), ...keysOf(configSchema, 'bench.yaml: ')];

describe('the formats', () => {
  it('have keys to look at', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(keysOf(caseSchema, '').map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'id',
        'prompt',
        'table',
        'table.returns',
        'tests',
        'limits.time',
        'checks.weight',
      ]),
    );
  });

  it('tell each key with a description and an example that it takes', () => {
    const wrong = all.filter(({ schema }) => {
      const { description, examples } = (schema.meta() ?? {}) as {
        description?: string;
        examples?: unknown[];
      };
      const [example] = examples ?? [];
      return description === undefined || example === undefined || !schema.safeParse(example).success;
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('give editors both', () => {
    const { suite, config } = jsonSchemas() as Record<string, { properties: Record<string, object> }>;
    expect(suite?.properties['seed']).toMatchObject({ description: expect.any(String), examples: [7] });
    expect(config?.properties['rotations']).toMatchObject({ examples: [{ default: expect.any(Array) }] });
  });
});
