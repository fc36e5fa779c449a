/**
 * `npm run docs:command-line:schema`: writes docs/command-line.schema.json from the types of `apps/cli/src/schemas/outputs.ts`. With
 * `--check`, only compares. A change that breaks readers is refused without `--major`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { breakingChanges } from '../apps/cli/src/schemas/breaking-changes.ts';
import { ROOT } from '../bin/launcher.js';
import { programOf, TypeSchemas } from './type-schemas.mjs';

const SOURCE = join(ROOT, 'apps/cli/src/schemas/outputs.ts');
const TARGET = join(ROOT, 'docs/command-line.schema.json');

const program = programOf([SOURCE]);
const checker = program.getTypeChecker();
const schemas = new TypeSchemas(checker, '#/$defs/');

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Outputs of ccp with --json',
  $defs: { ...outputs(), ...schemas.sortedDefinitions },
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

/** One definition per member of `Outputs`. */
function outputs() {
  const source = program
    .getSourceFile(SOURCE)
    .statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Outputs');
  return Object.fromEntries(
    checker
      .getTypeAtLocation(source)
      .getProperties()
      .map((member) => [member.name, schemas.memberOf(member)]),
  );
}
