import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { Secret } from './secret.js';

const WEB_ORIGIN = /^(?:\*|null|file:\/\/|[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+\/?)$/;
const HOST_NAME = /^(?:\*|[\w.-]+)$/;
/** RFC 9110 section 5.6.2, a token. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** What a variable may hold: how its text is read, and how that is said to an operator. */
export interface Kind<Value> {
  readonly allowed: string;
  readonly schema: z.ZodType<Value, string>;
  readonly isSecret?: boolean;
}

export const flag: Kind<boolean> = {
  allowed: '`true` or `false`',
  schema: z.stringbool(),
};

export const text: Kind<string> = { allowed: 'a text', schema: z.string() };

export const secret: Kind<Secret> = {
  allowed: 'a secret text',
  schema: z.string().transform((value) => new Secret(value)),
  isSecret: true,
};

export const list: Kind<readonly string[]> = {
  allowed: 'a list, separated by commas',
  schema: z.string().transform(splitList),
};

export function wholeNumber(minimum: number, maximum: number): Kind<number> {
  return {
    allowed: `a whole number from ${minimum} to ${maximum}`,
    schema: z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number)
      .pipe(z.number().min(minimum).max(maximum)),
  };
}

export const dollars: Kind<number> = {
  allowed: 'an amount in US dollars, such as `0.05`',
  schema: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .transform(Number),
};

export function oneOf<const Value extends string>(...values: readonly Value[]): Kind<Value> {
  return { allowed: values.map((value) => `\`${value}\``).join(', '), schema: z.enum(values) };
}

export function someOf<const Value extends string>(...values: readonly Value[]): Kind<readonly Value[]> {
  return {
    allowed: `a list, separated by commas, of ${values.map((value) => `\`${value}\``).join(', ')}`,
    schema: z
      .string()
      .transform(splitList)
      .pipe(z.array(z.enum(values))),
  };
}

export const httpUrl: Kind<URL> = {
  allowed: 'an http or https URL without user, query or fragment',
  schema: z.string().transform((value, context) => {
    const url = URL.parse(value);
    const isPlain = url && !(url.search || url.hash || url.username || url.password);
    if (isPlain && /^https?:$/.test(url.protocol)) return url;
    context.addIssue('not such a URL');
    return z.NEVER;
  }),
};

/** As browsers send them: in small letters, and without the slash that people copy along. */
export const webOrigins: Kind<readonly string[]> = {
  allowed: 'origins such as `https://chat.example.com`, separated by commas, or `*`',
  schema: z
    .string()
    .transform((value) => splitList(value.toLowerCase()))
    .pipe(z.array(z.string().regex(WEB_ORIGIN)))
    .transform((origins) => origins.map((origin) => origin.replace(/(?<=[^/])\/$/, ''))),
};

/** In lower case, as host names are compared. */
export const hostNames: Kind<readonly string[]> = {
  allowed: 'host names without scheme and port, separated by commas, or `*`',
  schema: z
    .string()
    .transform((value) => splitList(value.toLowerCase()))
    .pipe(z.array(z.string().regex(HOST_NAME))),
};

/** In lower case, as header names are compared. */
export const headerNames: Kind<readonly string[]> = {
  allowed: 'names of headers, separated by commas',
  schema: z
    .string()
    .transform((value) => splitList(value.toLowerCase()))
    .pipe(z.array(z.string().regex(HEADER_NAME))),
};

export const textMap: Kind<Readonly<Record<string, string>>> = {
  allowed: 'a JSON object of texts',
  schema: z.string().transform((value, context) => {
    const parsed = z.record(z.string(), z.string()).safeParse(parseJson(value));
    if (parsed.success) return parsed.data;
    context.addIssue('not such an object');
    return z.NEVER;
  }),
};

export const addressRanges: Kind<readonly string[]> = {
  allowed: 'IP addresses or CIDR ranges, separated by commas',
  schema: z
    .string()
    .transform(splitList)
    .pipe(z.array(z.string().refine(isAddressRange))),
};

function isAddressRange(range: string): boolean {
  const [address = '', bits, ...rest] = range.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  if (!family || rest.length > 0) return false;
  if (bits === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(bits), family);
    return /^\d+$/.test(bits);
  } catch {
    return false;
  }
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
