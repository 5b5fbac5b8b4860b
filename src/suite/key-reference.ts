/** The page of all keys of a file, made from its JSON Schema. */

interface Schema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

interface Row {
  readonly path: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** One section for each key at the top, with a table of everything below it. */
export function keyReference(title: string, introduction: string, schema: unknown): string {
  const root = schema as Schema;
  const sections = Object.entries(root.properties ?? {}).map(([key, own]) => {
    const rows = rowsBelow(own, '');
    const isRequired = root.required?.includes(key) === true;
    const head = `## ${key}\n\n${meaningOf(own)} Takes ${kindOf(own)}.${isRequired ? ' Required.' : ''}${exampleText(key, own)}`;
    return rows.length === 0 ? head : `${head}\n\n${tableOf(rows)}`;
  });
  return `# ${title}\n\n${introduction}\n\n${sections.join('\n\n')}\n`;
}

/** `[]` is each item of a list, `*` a name of the user's. */
function rowsBelow(schema: Schema, path: string): Row[] {
  const rows: Row[] = [];
  for (const option of schema.anyOf ?? []) rows.push(...rowsBelow(option, path));
  if (schema.items !== undefined) rows.push(...rowsBelow(schema.items, `${path}[]`));
  const { additionalProperties: others } = schema;
  if (typeof others === 'object' && others.properties !== undefined)
    rows.push(...rowsBelow(others, join(path, '*')));
  if (typeof others === 'object' && others.items !== undefined)
    rows.push(...rowsBelow(others, join(path, '*')));
  for (const [key, own] of Object.entries(schema.properties ?? {})) {
    const at = join(path, key);
    rows.push(
      { path: at, required: schema.required?.includes(key) === true, schema: own },
      ...rowsBelow(own, at),
    );
  }
  const known = new Set<string>();
  return rows.filter((row) => !known.has(row.path) && known.add(row.path));
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ path, required, schema }) => {
    const meaning = `${meaningOf(schema)}${required ? ' Required.' : ''}`;
    return `| \`${path}\` | ${cell(kindOf(schema))} | ${cell(meaning)} | ${cell(valueText(schema))} |`;
  });
  return ['| key | takes | meaning | example |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function meaningOf({ description = '' }: Schema): string {
  return description === '' || description.endsWith('.') ? description : `${description}.`;
}

function kindOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a mapping';
    default:
      return 'any value';
  }
}

function valueText({ examples }: Schema): string {
  const [example] = examples ?? [];
  return example === undefined ? '' : `\`${shortened(JSON.stringify(example))}\``;
}

function exampleText(key: string, schema: Schema): string {
  const [example] = schema.examples ?? [];
  return example === undefined ? '' : ` Example: \`${key}: ${shortened(JSON.stringify(example))}\``;
}

const LONGEST = 90;

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
