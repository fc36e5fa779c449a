import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'constructs';

const DIRECTORY = join(import.meta.dirname, '..');

/**
 * Reads the context of the deployment from `deployment.json`, or `deployment.<environment>.json`, if there is such a
 * file. Values of the command line (`-c`) win. With ten `-c` per call, one that is forgotten is an outage.
 *
 * @throws Error if the file is not a JSON object
 */
export function contextOfFile(node: Node, directory = DIRECTORY): void {
  const environment: unknown = node.tryGetContext('environment');
  const name = environment === undefined ? 'deployment.json' : `deployment.${String(environment)}.json`;
  const path = join(directory, name);
  if (!existsSync(path)) return;
  for (const [key, value] of Object.entries(parsed(name, readFileSync(path, 'utf8')))) {
    if (node.tryGetContext(key) === undefined) node.setContext(key, value);
  }
}

function parsed(name: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`infra/cdk/${name} is not valid JSON: ${String(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Error(`infra/cdk/${name} must be a JSON object of the names in docs/operations.md.`);
}
