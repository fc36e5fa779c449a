import { httpUrl, oneOf, text, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const stateSection = section('state', 'Where limits and usage are stored.', {
  engine: setting(
    'STATE_STORE',
    oneOf('embedded', 'dynamodb'),
    '`embedded` is a file in `DATA_DIR`, for one process; `dynamodb` is shared by all tasks.',
    'embedded',
  ),
  dataDirectory: setting('DATA_DIR', text, 'Directory of the embedded store; created if it is missing.', './data'),
  accessTable: setting(
    'ACCESS_TABLE_NAME',
    text,
    'Table of permissions and of changes by operators.',
    'claude-proxy-access',
  ),
  heartbeatSeconds: setting(
    'TASK_HEARTBEAT_SECONDS',
    wholeNumber(1, 60),
    'How often each process writes its state (requests in flight, version, draining) for the list of tasks.',
    '5',
  ),
  dynamoEndpoint: setting('AWS_ENDPOINT_URL_DYNAMODB', httpUrl, "A DynamoDB-compatible engine instead of AWS's own."),
});

export type StateConfig = ConfigOf<typeof stateSection>;
