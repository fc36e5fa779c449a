import { oneOf, secret, text, textMap } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const maskingSection = section('masking', 'AWS identifiers in prompts, replaced before they leave.', {
  masking: setting(
    'MASKING',
    oneOf('off', 'aws', 'aws,ips'),
    '`aws` replaces AWS identifiers in requests and restores them in answers; `aws,ips` replaces IP addresses as well. Where it is `off`, client keys with `masking: "on"` and `MASKING_SCOPES` switch `aws` on.',
    'off',
  ),
  scopes: setting(
    'MASKING_SCOPES',
    textMap,
    'Exceptions of `MASKING`: `{"team:core": "on", "user:alice": "on", "key:ID": "off"}`. The key counts before the user, the user before the team, and all of them after `masking` of the key itself. `off` counts for the proven user and team of a client key only, because a path can name any user.',
    '{}',
  ),
  secret: setting(
    'MASKING_SECRET',
    secret,
    'Key of the replacements: the same key gives the same replacements. Unset: the key in the file `masking-secret` of `DATA_DIR`, created at the first start. Required with `STATE_STORE=dynamodb`, where all tasks need the same one.',
  ),
  vault: setting(
    'MASKING_VAULT',
    oneOf('none', 'memory', 'redis', 'table'),
    'Where originals are kept, encrypted, for the results of batches, until 7 days after their last use: in the memory of this process, in `REDIS_URL`, or in `ACCESS_TABLE_NAME`. With `none` a batch with identifiers is refused.',
    'none',
  ),
  blobs: setting(
    'MASKING_BLOBS',
    oneOf('pass', 'refuse'),
    'Images, PDFs and files cannot be masked. `refuse` rejects requests that have one.',
    'pass',
  ),
  rulesFile: setting(
    'MASKING_RULES_FILE',
    text,
    'JSON file with own rules: `[{"name": "TICKET", "pattern": "ACME-[0-9]{6}"}]`. Each is checked at the start.',
  ),
  knownFile: setting(
    'MASKING_KNOWN_FILE',
    text,
    'JSON file with values that are always masked: `{"accounts": [], "domains": [], "bucket_prefixes": [], "names": []}`.',
  ),
});

export type MaskingConfig = ConfigOf<typeof maskingSection>;
