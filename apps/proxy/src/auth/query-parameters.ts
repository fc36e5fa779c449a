import { GatewayError } from '../exchange/gateway-error.js';

/** Enough for the longest parameter, a model name at AWS. */
const MAX_CHARACTERS = 2_048;

export type QueryParameters = Readonly<Record<string, string | undefined>>;

/** The names that a handler declares, as texts. */
type ParametersIn<Query> = { readonly [Name in keyof Query & string]: string | undefined };

/** The parameters of a query of the admin API; empty ones count as unset. @throws GatewayError for a repeated one */
export function parametersOf<Query extends object>(query: Query): ParametersIn<Query> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') throw invalidParameter(name, String(value), 'one value');
    if (value.length > MAX_CHARACTERS) throw invalidParameter(name, value, `at most ${MAX_CHARACTERS} characters`);
    if (value !== '') set[name] = value;
  }
  return set as ParametersIn<Query>;
}

/** @throws GatewayError invalid_request_error */
export function oneOf<Name extends string>(
  parameters: QueryParameters,
  name: string,
  allowed: readonly Name[],
): Name | undefined {
  const value = parameters[name];
  if (value === undefined || (allowed as readonly string[]).includes(value)) return value as Name | undefined;
  throw invalidParameter(name, value, allowed.join(', '));
}

/** @throws GatewayError invalid_request_error */
export function wholeNumberOf(
  parameters: QueryParameters,
  name: string,
  minimum: number,
  maximum: number,
): number | undefined {
  const text = parameters[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw invalidParameter(name, text, `a whole number from ${minimum} to ${maximum}`);
}

export function invalidParameter(name: string, value: string, allowed: string): GatewayError {
  const message = `${name.slice(0, 60)} is ${JSON.stringify(value.slice(0, 60))}; allowed: ${allowed}.`;
  return new GatewayError({ type: 'invalid_request_error', message });
}
