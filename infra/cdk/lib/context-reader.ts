import type { Node } from 'constructs';

/** Names of the CDK contain a colon, a slash or a dash; ours are plain words. */
const OWN_NAME = /^[a-z][A-Za-z]*$/;

/** Values of the context: strings from the command line, any JSON from `cdk.json`. */
export class ContextReader {
  private readonly node: Node;
  private readonly known = new Set<string>();

  constructor(node: Node) {
    this.node = node;
  }

  text(name: string): string | undefined {
    const value = this.read(name);
    if (value === undefined || typeof value === 'string') return value || undefined;
    throw refusal(name, value, 'a text');
  }

  number(name: string, byDefault: number): number {
    const value = this.read(name);
    if (value === undefined) return byDefault;
    const number = Number(value);
    if (value === '' || !Number.isInteger(number) || number < 0) throw refusal(name, value, 'a whole number');
    return number;
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.read(name);
    if (value === undefined) return byDefault;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw refusal(name, value, '"true" or "false"');
  }

  /** The first value is the default. */
  oneOf<const Value extends string>(name: string, values: readonly [Value, ...Value[]]): Value {
    const value = this.read(name) ?? values[0];
    const found = values.find((allowed) => allowed === value);
    if (found === undefined) throw refusal(name, value, `one of ${values.join(', ')}`);
    return found;
  }

  list(name: string): readonly string[] | undefined {
    const value = this.read(name);
    if (value === undefined || value === '') return undefined;
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === 'string') return value.split(',').map((entry) => entry.trim());
    throw refusal(name, value, 'a list, separated by commas');
  }

  /** CloudFormation validates the members. */
  object<Value extends object>(name: string): Value | undefined {
    const value = this.read(name);
    if (value === undefined || value === '') return undefined;
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Value;
    throw refusal(name, value, 'a JSON object');
  }

  /** Without this check, a misspelled name would be ignored silently. */
  refuseUnknown(): void {
    const unknown = Object.keys(this.node.getAllContext()).filter(
      (name) => OWN_NAME.test(name) && !this.known.has(name),
    );
    if (unknown.length === 0) return;
    const known = [...this.known].sort().join(', ');
    throw new Error(`Unknown context "${unknown.join('", "')}". Allowed are: ${known}.`);
  }

  private read(name: string): unknown {
    this.known.add(name);
    return this.node.tryGetContext(name);
  }
}

function refusal(name: string, value: unknown, wanted: string): Error {
  return new Error(`The context "${name}" must be ${wanted}; it is ${JSON.stringify(value)}.`);
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
