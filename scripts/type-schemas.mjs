/** JSON Schemas of TypeScript types, with their comments as descriptions. */
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../bin/launcher.js';

const VALUE = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral;
const ABSENT = ts.TypeFlags.Undefined | ts.TypeFlags.Void;
const GENERIC = new Set(['Readonly', 'Partial', 'Pick', 'Omit', 'Record']);

export function programOf(files) {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return ts.createProgram(files, { ...options, noEmit: true, types: [] });
}

export class TypeSchemas {
  definitions = new Map();

  /** @param root where definitions are: `#/$defs/` */
  constructor(checker, root) {
    this.checker = checker;
    this.root = root;
  }

  get sortedDefinitions() {
    return Object.fromEntries([...this.definitions].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  schemaOf(type) {
    if (type.flags & ts.TypeFlags.StringLike && !type.isStringLiteral()) return { type: 'string' };
    if (type.flags & ts.TypeFlags.NumberLike && !type.isNumberLiteral()) return { type: 'number' };
    if (type.flags & VALUE) return { const: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
    if (type.isUnion()) return this.unionOf(type.types.filter(({ flags }) => !(flags & ABSENT)));
    if (this.checker.isArrayType(type)) {
      return { type: 'array', items: this.schemaOf(this.checker.getTypeArguments(type)[0]) };
    }
    return this.isNamed(type) ? this.reference(type) : this.objectOf(type);
  }

  unionOf(types) {
    const values = types.filter(({ flags }) => flags & VALUE).map(({ value }) => value);
    const booleans = types.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    const rest = types
      .filter((type) => !values.includes(type.value) && !booleans.includes(type))
      .map((type) => this.schemaOf(type));
    const parts = [
      ...(values.length > 0 ? [{ enum: values }] : []),
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map((type) => this.schemaOf(type))),
      ...rest,
    ];
    return parts.length === 1 ? parts[0] : { anyOf: parts };
  }

  isNamed(type) {
    const { name } = type.aliasSymbol ?? type.symbol ?? {};
    const hasArguments = type.aliasTypeArguments || this.checker.getTypeArguments(type).length > 0;
    return name !== undefined && /^[A-Z]\w+$/.test(name) && !hasArguments;
  }

  reference(type) {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (GENERIC.has(symbol.name)) return this.objectOf(type);
    if (!this.definitions.has(symbol.name)) {
      this.definitions.set(symbol.name, {});
      this.definitions.set(symbol.name, { ...this.described(symbol), ...this.objectOf(type) });
    }
    return { $ref: `${this.root}${symbol.name}` };
  }

  objectOf(type) {
    const members = this.checker.getPropertiesOfType(type);
    const values = this.checker.getIndexTypeOfType(type, ts.IndexKind.String);
    const required = members.filter(({ flags }) => !(flags & ts.SymbolFlags.Optional)).map(({ name }) => name);
    return {
      type: 'object',
      ...(members.length > 0 && {
        properties: Object.fromEntries(members.map((member) => [member.name, this.memberOf(member)])),
      }),
      ...(required.length > 0 && { required }),
      ...(values && { additionalProperties: this.schemaOf(values) }),
    };
  }

  memberOf(member) {
    return { ...this.described(member), ...this.schemaOf(this.checker.getTypeOfSymbol(member)) };
  }

  described(symbol) {
    const description = ts.displayPartsToString(symbol.getDocumentationComment(this.checker)).replaceAll('\n', ' ');
    return description === '' ? {} : { description };
  }
}
