import type { JsonObject } from '../json-object.js';
import { unsupported } from '../refusals.js';
import { type MemberRule, ruleOfMember } from './request-rules.js';

/**
 * The members of a body that are left out, by name.
 *
 * @throws GatewayError for a member without which the answer would mean something else
 */
export function leftOutMembers(body: JsonObject): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const rule = ruleOfMember(name);
    if (rule?.fate === 'taken' || isWithoutEffect(value, rule)) continue;
    if (rule?.fate === 'refused') throw unsupported(name, rule.note);
    names.push(name);
  }
  return names;
}

function isWithoutEffect(value: unknown, rule: MemberRule | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  if (typeof value === 'object' && Object.keys(value).length === 0) return true;
  return rule?.withoutEffect?.(value) ?? false;
}
