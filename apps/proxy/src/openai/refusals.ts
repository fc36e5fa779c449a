import type { z } from 'zod';
import { GatewayError } from '../exchange/gateway-error.js';

const MAX_QUOTED_CHARACTERS = 100;

/** A fault of the request; `param` names the place as OpenAI does: `messages[0].content[1]`. */
export function invalid(param: string | null, message: string, code?: string): GatewayError {
  const details = { param, ...(code ? { error_code: code } : {}) };
  return new GatewayError({ type: 'invalid_request_error', message, details });
}

/** Something that OpenAI has and Claude, or this gateway, has not. */
export function unsupported(param: string, reason: string): GatewayError {
  return invalid(param, `${param} is not supported: ${reason}.`, 'unsupported_parameter');
}

/** A text of the caller for a message: its beginning, however long it is. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MAX_QUOTED_CHARACTERS));
}

export function unknownModel(name: string, known: readonly string[]): GatewayError {
  return new GatewayError({
    type: 'not_found_error',
    message: `The model ${quoted(name)} is not known here. Known: ${known.join(', ')}. The operator can name more in OPENAI_MODEL_ALIASES. A new model needs a row in MODELS_FILE.`,
    details: { param: 'model', error_code: 'model_not_found' },
  });
}

/** The first fault that a schema found. */
export function invalidShape({ issues }: z.ZodError, prefix = ''): GatewayError {
  const [issue] = issues;
  const param = paramOf(prefix, issue?.path ?? []);
  return invalid(param || null, `${param || 'The body'}: ${issue?.message ?? 'is not valid'}.`, 'invalid_value');
}

function paramOf(prefix: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((param, key) => {
    if (typeof key === 'number') return `${param}[${key}]`;
    const name = String(key).slice(0, MAX_QUOTED_CHARACTERS);
    return param === '' ? name : `${param}.${name}`;
  }, prefix);
}
