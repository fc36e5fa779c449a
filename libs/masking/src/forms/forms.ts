import { ADDRESSES } from './addresses.js';
import { ARNS } from './arns.js';
import { CONTEXTS } from './contexts.js';
import { CREDENTIALS } from './credentials.js';
import { EC2_IDS } from './ec2-ids.js';
import type { Form, IdForm, PatternForm } from './form.js';
import { HOSTS } from './hosts.js';
import { SERVICE_IDS } from './service-ids.js';

export const ID_FORMS: readonly IdForm[] = [...EC2_IDS, ...SERVICE_IDS];
export const PATTERN_FORMS: readonly PatternForm[] = [...CREDENTIALS, ...HOSTS, ...CONTEXTS, ...ADDRESSES];

/** Every form that is masked, by number. The tests, the documentation and the page are made from it. */
export const FORMS: readonly Form[] = [...PATTERN_FORMS, ...ARNS, ...ID_FORMS].sort(
  (one, other) => one.number - other.number,
);

/** Forms of values that give access. To see one at all raises an alarm. */
export const ALARM_FORMS: ReadonlySet<string> = new Set(
  CREDENTIALS.filter(({ number }) => number !== 2).map(({ name }) => name),
);
