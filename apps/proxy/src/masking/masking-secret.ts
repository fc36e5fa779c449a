import { openSecretFile, TokenFileError } from '../auth/admin-token.file.js';
import { ConfigError } from '../config/read-config.js';
import type { StateConfig } from '../state/state.config.js';
import type { MaskingConfig } from './masking.config.js';

const FILE = { name: 'masking-secret', prefix: 'ccp-masking-' };

/** `MASKING_SECRET`, else the key in the data directory, which is made at the first start. @throws ConfigError */
export function maskingSecretOf({ secret }: MaskingConfig, { engine, dataDirectory }: StateConfig): string {
  if (secret) return secret.reveal();
  if (engine === 'dynamodb') {
    const why = 'MASKING_SECRET is not set, and with STATE_STORE=dynamodb every task would use another key';
    throw new ConfigError([`${why}; set it to a random text, such as the output of \`openssl rand -hex 32\``]);
  }
  try {
    return openSecretFile(dataDirectory, FILE).token;
  } catch (error) {
    if (!(error instanceof TokenFileError)) throw error;
    throw new ConfigError([`MASKING_SECRET is not set, and ${error.message}`]);
  }
}
