/**
 * `npm run docs:command-line:schema`: writes docs/command-line.schema.json from the types of `apps/cli/src/schemas/outputs.ts`. With
 * `--check`, only compares. A change that breaks readers is refused without `--major`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { breakingChanges } from '../apps/cli/src/schemas/breaking-changes.ts';
import { ROOT } from '../bin/launcher.js';

const SOURCE = join(ROOT, 'apps/cli/src/schemas/outputs.ts');
const TARGET = join(ROOT, 'docs/command-line.schema.json');
const TEXT = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral;
const ABSENT = ts.TypeFlags.Undefined;

const program = programOf();
const checker = program.getTypeChecker();
const definitions = new Map();

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Outputs of ccp with --json',
  $defs: { ...outputs(), ...Object.fromEntries([...definitions].sort(([left], [right]) => (left < right ? -1 : 1))) },
};
const before = existsSync(TARGET) ? JSON.parse(readFileSync(TARGET, 'utf8')) : undefined;
const breaking = before === undefined ? [] : breakingChanges(before, schema);

if (breaking.length > 0 && !process.argv.includes('--major')) {
  fail(
    `Programs that read outputs of ccp would break:\n  ${breaking.join('\n  ')}\nKeep these fields. A new major version may remove them: node scripts/run.mjs --no-build scripts/command-line-schema.mjs --major`,
  );
} else if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, JSON.stringify(schema));
} else if (JSON.stringify(before) !== JSON.stringify(schema)) {
  fail(
    `${relative(ROOT, TARGET)} is out of date with ${relative(ROOT, SOURCE)}. Run: npm run docs:command-line:schema`,
  );
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

function programOf() {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return ts.createProgram([SOURCE], { ...options, noEmit: true, types: [] });
}

/** One definition per member of `Outputs`. */
function outputs() {
  const source = program
    .getSourceFile(SOURCE)
    .statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Outputs');
  return Object.fromEntries(
    checker
      .getTypeAtLocation(source)
      .getProperties()
      .map((member) => [member.name, { ...described(member), ...schemaOf(checker.getTypeOfSymbol(member)) }]),
  );
}

function schemaOf(type) {
  if (type.flags & ts.TypeFlags.StringLike && !type.isStringLiteral()) return { type: 'string' };
  if (type.flags & ts.TypeFlags.NumberLike && !type.isNumberLiteral()) return { type: 'number' };
  if (type.flags & TEXT) return { const: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
  if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
  if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
  if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
  if (type.isUnion()) return unionOf(type.types.filter(({ flags }) => !(flags & ABSENT)));
  if (checker.isArrayType(type)) return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0]) };
  return isNamed(type) ? reference(type) : objectOf(type);
}

function unionOf(types) {
  const values = types.filter(({ flags }) => flags & TEXT).map(({ value }) => value);
  const booleans = types.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
  const rest = types.filter((type) => !values.includes(type.value) && !booleans.includes(type)).map(schemaOf);
  const parts = [
    ...(values.length > 0 ? [{ enum: values }] : []),
    ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map(schemaOf)),
    ...rest,
  ];
  return parts.length === 1 ? parts[0] : { anyOf: parts };
}

/** Types of the admin API, and those that outputs share. */
function isNamed(type) {
  const { name } = type.aliasSymbol ?? type.symbol ?? {};
  return (
    name !== undefined && /^[A-Z]\w+$/.test(name) && !type.aliasTypeArguments && !checker.getTypeArguments(type).length
  );
}

function reference(type) {
  const symbol = type.aliasSymbol ?? type.symbol;
  if (['Readonly', 'Partial', 'Pick', 'Record'].includes(symbol.name)) return objectOf(type);
  if (!definitions.has(symbol.name)) {
    definitions.set(symbol.name, {});
    definitions.set(symbol.name, { ...described(symbol), ...objectOf(type) });
  }
  return { $ref: `#/$defs/${symbol.name}` };
}

function objectOf(type) {
  const members = checker.getPropertiesOfType(type);
  const values = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const required = members.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name);
  return {
    type: 'object',
    ...(members.length > 0 && {
      properties: Object.fromEntries(
        members.map((member) => [member.name, { ...described(member), ...schemaOf(checker.getTypeOfSymbol(member)) }]),
      ),
    }),
    ...(required.length > 0 && { required }),
    ...(values && { additionalProperties: schemaOf(values) }),
  };
}

function described(symbol) {
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll('\n', ' ');
  return description === '' ? {} : { description };
}
