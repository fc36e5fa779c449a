import { oneOf, secret, text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const maskingSection = section('masking', 'AWS identifiers in prompts, replaced before they leave.', {
  masking: setting(
    'MASKING',
    oneOf('off', 'aws', 'aws,ips'),
    '`aws` replaces AWS identifiers in requests and restores them in answers; `aws,ips` replaces IP addresses as well.',
    'off',
  ),
  secret: setting(
    'MASKING_SECRET',
    secret,
    'Key of the replacements: the same key gives the same replacements. Unset: the key in the file `masking-secret` of `DATA_DIR`, created at the first start. Required with `STATE_STORE=dynamodb`, where all tasks need the same one.',
  ),
  vault: setting(
    'MASKING_VAULT',
    oneOf('none', 'memory', 'table'),
    'Where originals are kept, encrypted, for the results of batches, for 7 days: in the memory of this process, or in `ACCESS_TABLE_NAME`. With `none` a batch with identifiers is refused.',
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
