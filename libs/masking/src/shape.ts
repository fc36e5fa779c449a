import { REGION, UUID } from './forms/form.js';
import { ID_FORMS } from './forms/forms.js';

/** How the replacement of a token is spelled: what stays, and which characters take the place of the others. */
export interface Shape {
  readonly kind: 'account' | 'access-key' | 'address' | 'secret' | 'hex' | 'upper-hex' | 'base32' | 'name';
  /** Characters at the start that stay. */
  readonly keep: number;
}

const IDS = ID_FORMS.flatMap(({ prefixes, body }) =>
  prefixes.map((prefix) => ({ prefix, body: new RegExp(`^${body}$`) })),
);
const IDS_BY_PREFIX = Map.groupBy(IDS, ({ prefix }) => prefix);
const POOL = new RegExp(`^${REGION}_[A-Za-z0-9]{9}$`);
const UUID_ONLY = new RegExp(`^${UUID}$`);
const LABEL_PREFIX = /^(?:internal-|cluster-ro-|cluster-custom-|cluster-|proxy-|search-|vpce-|vpc-|b-|ec2-|ip-)/;

/** Of the token alone, so that the same token gets the same replacement wherever it occurs. */
export function shapeOf(token: string): Shape {
  if (/^\d{12}$|^\d{4}-\d{4}-\d{4}$/.test(token)) return { kind: 'account', keep: 0 };
  if (/^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$/.test(token)) return { kind: 'access-key', keep: 4 };
  if (/^A[A-Z]{3}[A-Z2-7]{17}$/.test(token)) return { kind: 'base32', keep: 4 };
  if (/^[ZE][A-Z0-9]{9,31}$/.test(token)) return { kind: 'name', keep: 1 };
  if (/^d(?=[a-z]*\d)[a-z0-9]{12,13}$/.test(token)) return { kind: 'name', keep: 1 };
  if (/^[A-F0-9]{32}$/.test(token)) return { kind: 'upper-hex', keep: 0 };
  if (UUID_ONLY.test(token) || /^(?=[a-f]*\d)[0-9a-f]{8,}$/.test(token)) return { kind: 'hex', keep: 0 };
  if (/^\d{1,3}(?:\.\d{1,3}){3}$|:/.test(token)) return { kind: 'address', keep: 0 };
  if (/^(?:ip|ec2)-(?:\d{1,3}-){3}\d{1,3}$/.test(token)) return { kind: 'address', keep: token.indexOf('-') + 1 };
  const id = idShape(token);
  if (id) return id;
  if (POOL.test(token)) return { kind: 'name', keep: token.indexOf('_') + 1 };
  return { kind: 'name', keep: LABEL_PREFIX.exec(token)?.[0].length ?? 0 };
}

function idShape(token: string): Shape | undefined {
  for (let at = token.indexOf('-'); at !== -1; at = token.indexOf('-', at + 1)) {
    const forms = IDS_BY_PREFIX.get(token.slice(0, at));
    const body = token.slice(at + 1);
    if (!forms?.some((form) => form.body.test(body))) continue;
    return { kind: /^[0-9a-f-]+$/.test(body) ? 'hex' : 'name', keep: at + 1 };
  }
  return undefined;
}

/** True for a token that is unlikely to mean anything else: it is masked wherever it occurs once it was seen in an identifier. */
export function isDistinctive(token: string): boolean {
  if (token.length < 8 || /[.:]/.test(token)) return false;
  return token.length >= 16 || /[0-9_-]/.test(token);
}
