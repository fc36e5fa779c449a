import { secret } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const redisSection = section('redis', 'A Redis that all tasks share.', {
  url: setting(
    'REDIS_URL',
    secret,
    'Counts requests in this Redis, so that all tasks share them (`redis://`, `rediss://`). Away: requests pass. Pushes changes of keys, teams and budgets to all tasks at once. Also the store of `MASKING_VAULT=redis`. Away: what needs the vault is refused.',
  ),
});

export type RedisConfig = ConfigOf<typeof redisSection>;
