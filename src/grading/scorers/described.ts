import type { z } from 'zod';
/** What a key of a file means and how it is written: editors show both, by the JSON Schema. */
export function described<T extends z.ZodType>(schema: T, description: string, example: unknown): T {
  return schema.meta({ description, examples: [example] });
}

/** The same; the example is made when somebody writes the schema out. */
export function describedLater<T extends z.ZodType>(
  schema: T,
  description: string,
  example: () => unknown,
): T {
  return schema.meta({
    description,
    get examples() {
      return [example()];
    },
  });
}
