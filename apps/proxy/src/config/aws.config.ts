import { text } from './kinds.js';
import { type ConfigOf, section, setting } from './section.js';

export const awsSection = section(
  'aws',
  'Where AWS is reached. Credentials are found by the AWS SDK itself: environment, profile, task role.',
  { region: setting('AWS_REGION', text, 'Region of Bedrock and DynamoDB.', 'us-east-1') },
);

export type AwsConfig = ConfigOf<typeof awsSection>;
