import { globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../bin/launcher.js';
import { programOf, TypeSchemas } from './type-schemas.mjs';

/**
 * What the handlers of controllers take and answer, by `Class_method`.
 *
 * @param moreTypes names of types of the admin API that no handler names
 */
export function handlersIn(pattern, moreTypes) {
  const files = globSync(pattern, { cwd: ROOT }).map((path) => join(ROOT, path));
  const api = join(ROOT, 'libs/admin-api/src/index.ts');
  const program = programOf([...files, api]);
  const reader = new HandlerReader(program.getTypeChecker());
  const handlers = new Map();
  for (const file of files) {
    for (const node of program.getSourceFile(file).statements) {
      if (ts.isClassDeclaration(node)) reader.readClass(node, handlers);
    }
  }
  reader.define(program.getSourceFile(api), moreTypes);
  return { handlers, schemas: () => reader.schemas.sortedDefinitions };
}

class HandlerReader {
  constructor(checker) {
    this.checker = checker;
    this.schemas = new TypeSchemas(checker, '#/components/schemas/');
  }

  define(source, names) {
    const exported = this.checker.getExportsOfModule(this.checker.getSymbolAtLocation(source));
    for (const symbol of exported.filter(({ name }) => names.includes(name))) {
      const declared = this.checker.getDeclaredTypeOfSymbol(this.checker.getAliasedSymbol(symbol));
      this.schemas.definitions.set(symbol.name, this.schemas.schemaOf(declared));
    }
  }

  readClass(node, handlers) {
    const marks = decoratorsOf(node);
    const isGuarded = marks.has('AdminController');
    if (!isGuarded && !marks.has('Controller')) return;
    for (const method of node.members.filter(ts.isMethodDeclaration)) {
      const own = decoratorsOf(method);
      if (!['Get', 'Post', 'Put', 'Patch', 'Delete'].some((name) => own.has(name))) continue;
      const role = own.get('OpenTo') ?? marks.get('OpenTo');
      const texts = this.textsOf(method, node);
      handlers.set(`${node.name.text}_${method.name.text}`, { ...texts, isGuarded, role, ...this.typesOf(method) });
    }
  }

  /** A handler without a comment is described by that of its class. */
  textsOf(method, node) {
    const [own, ofClass] = [method, node].map((each) => this.commentOf(each));
    if (own === '') return { summary: undefined, description: ofClass };
    const [summary, ...rest] = own.split(/(?<=\.)\s+/);
    return { summary, description: rest.join(' ') };
  }

  commentOf(node) {
    const symbol = this.checker.getSymbolAtLocation(node.name);
    return ts.displayPartsToString(symbol.getDocumentationComment(this.checker)).replaceAll('\n', ' ');
  }

  typesOf(method) {
    const parameterOf = (name) => method.parameters.find((each) => decoratorsOf(each).has(name));
    const body = parameterOf('Body');
    const queries = method.parameters.filter((each) => decoratorsOf(each).has('Query'));
    const signature = this.checker.getSignatureFromDeclaration(method);
    const returned = this.checker.getReturnTypeOfSignature(signature);
    const answer = this.checker.getAwaitedType(returned) ?? returned;
    const hasAnswer = !(answer.flags & ts.TypeFlags.Void);
    return {
      query: queries.flatMap((each) => this.queryOf(each, method)),
      body: body && this.bodyOf(this.checker.getTypeAtLocation(body)),
      answer: hasAnswer ? this.schemas.schemaOf(answer) : {},
    };
  }

  queryOf(parameter, method) {
    const type = this.checker.getTypeAtLocation(parameter);
    const name = decoratorsOf(parameter).get('Query');
    if (name !== undefined) return [{ name, in: 'query', schema: this.schemas.schemaOf(type) }];
    const members = this.checker.getPropertiesOfType(type);
    if (members.length === 0) {
      throw new Error(
        `The query of ${method.parent.name.text}.${method.name.text} has no type. Declare its parameters in libs/admin-api/src/queries.ts.`,
      );
    }
    return members.map((member) => {
      const { description, ...schema } = this.schemas.memberOf(member);
      return { name: member.name, in: 'query', ...(description && { description }), schema };
    });
  }

  /** Under the name of the type in the admin API that the class implements. */
  bodyOf(type) {
    const { name } = type.symbol;
    const clauses = type.symbol.valueDeclaration?.heritageClauses ?? [];
    const implemented = clauses.find(({ token }) => token === ts.SyntaxKind.ImplementsKeyword)?.types[0];
    if (implemented) return this.schemas.schemaOf(this.checker.getTypeFromTypeNode(implemented));
    if (!name.endsWith('Dto')) return this.schemas.schemaOf(type);
    return this.schemas.objectOf(type);
  }
}

/** Names of the decorators, with the text that each is called with. */
function decoratorsOf(node) {
  const calls = (ts.getDecorators(node) ?? []).map(({ expression }) => expression).filter(ts.isCallExpression);
  return new Map(calls.map((call) => [call.expression.getText(), call.arguments[0]?.text]));
}
