/** The part of JSON Schema that docs/command-line.schema.json uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
}

export interface SchemaFile {
  readonly $defs: Readonly<Record<string, JsonSchema>>;
}

interface Field {
  /** Always there. */
  readonly isRequired: boolean;
  readonly types: ReadonlySet<string>;
}

/** What a program that reads an output would miss after the change: one line per field. */
export function breakingChanges(before: SchemaFile, after: SchemaFile): string[] {
  return Object.keys(before.$defs).flatMap((name) => {
    if (!after.$defs[name]) return isCommand(name) ? [`${name}: the output is missing`] : [];
    if (!isCommand(name)) return [];
    const [old, fresh] = [fieldsOf(before, name), fieldsOf(after, name)];
    return [...old].flatMap(([path, field]) => changeOf(`${name}: ${path}`, field, fresh.get(path)));
  });
}

/** Types are written in capitals; they may move, as long as the outputs stay. */
function isCommand(name: string): boolean {
  return /^[a-z]/.test(name);
}

function changeOf(path: string, old: Field, fresh: Field | undefined): string[] {
  if (!fresh) return [`${path} is removed`];
  if (old.isRequired && !fresh.isRequired) return [`${path} is optional now`];
  const added = [...fresh.types].filter((type) => !old.types.has(type));
  return added.length > 0 && old.types.size > 0 ? [`${path} can be ${added.join(' or ')} now`] : [];
}

/** Every field by its path, such as `upstreams[].name`. */
function fieldsOf(file: SchemaFile, name: string): Map<string, Field> {
  const fields = new Map<string, Field>();
  const walk = (schema: JsonSchema, path: string, isRequired: boolean) => {
    const variants = variantsOf(file, schema);
    if (path !== '') fields.set(path, { isRequired, types: new Set(variants.flatMap(typesOf)) });
    for (const { items, additionalProperties } of variants) {
      if (items) walk(items, `${path}[]`, true);
      if (additionalProperties) walk(additionalProperties, `${path}{}`, true);
    }
    const objects = variants.filter(({ properties }) => properties !== undefined);
    for (const member of new Set(objects.flatMap(({ properties }) => Object.keys(properties!)))) {
      const having = objects.filter(({ properties }) => properties![member]);
      const isAlways = objects.every(({ required }) => required?.includes(member));
      walk({ anyOf: having.map(({ properties }) => properties![member]!) }, joined(path, member), isAlways);
    }
  };
  walk({ $ref: `#/$defs/${name}` }, '', true);
  return fields;
}

/** Without references and alternatives. */
function variantsOf(file: SchemaFile, schema: JsonSchema): JsonSchema[] {
  if (schema.$ref) return variantsOf(file, file.$defs[schema.$ref.slice('#/$defs/'.length)] ?? {});
  return schema.anyOf ? schema.anyOf.flatMap((each) => variantsOf(file, each)) : [schema];
}

function typesOf({ type, const: value, enum: values }: JsonSchema): string[] {
  if (type !== undefined) return [type];
  return (values ?? (value === undefined ? [] : [value])).map((each) => typeof each);
}

function joined(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`;
}
