import { type PatternForm } from './form.js';

/** Keys, secrets, tokens and signatures. To see one at all is an alarm. */
export const CREDENTIALS: readonly PatternForm[] = [
  {
    number: 1,
    name: 'ACCESS_KEY_ID',
    anchor: 'credential',
    pattern: `(?<t>(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?![A-Za-z0-9+=]|-[A-Za-z0-9])`,
    examples: ['AKIAQ3EGRMB5T2YKL7XA', 'aws_access_key_id=ASIAQ3EGRMB5T2YKL7XB'],
    lookAlikes: ['AKIAQ3EGRMB5T2YKL7X', 'akiaq3egrmb5t2ykl7xa', 'ASIA_PACIFIC_REGION_1', 'XAKIAQ3EGRMB5T2YKL7XA'],
  },
  {
    number: 2,
    name: 'IAM_UNIQUE_ID',
    anchor: 'credential',
    pattern: `(?<t>(?:AGPA|AIDA|AIPA|ANPA|ANVA|APKA|AROA|ASCA)[A-Z2-7]{17})(?![A-Za-z0-9+=]|-[A-Za-z0-9])`,
    examples: ['AROAQ3EGRMB5T2YKL7XAB:deploy-session', 'AIDAQ3EGRMB5T2YKL7XAB'],
    lookAlikes: ['AROA', 'AIDA64', 'AROAQ3EGRMB5T2YKL7XA'],
  },
  {
    number: 3,
    name: 'SECRET_ACCESS_KEY',
    anchor: 'secret',
    pattern: `(?<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])`,
    before: `(?:secret[_-]?(?:access[_-]?)?key|AWS_SECRET(?:_ACCESS_KEY)?)["\\']?\\s{0,4}(?:[:=]{1,2}>?|[|,]|\\s)\\s{0,4}["\\']?`,
    examples: [
      'aws_secret_access_key = q1Zr8XbT/5uYv0Kd+WmE3sHn7PoLcA2jFgRiB9xV',
      '"SecretAccessKey": "q1Zr8XbT/5uYv0Kd+WmE3sHn7PoLcA2jFgRiB9xV"',
    ],
    lookAlikes: [
      'secret_key = os.environ["AWS_SECRET_ACCESS_KEY"]',
      'commit q1 da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'secretKey: process.env.SECRET',
    ],
  },
  {
    number: 4,
    name: 'SESSION_TOKEN',
    anchor: 'credential',
    pattern: `(?<s>(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|FQoDYXdz)[A-Za-z0-9+/]{80,4000}={0,2})(?![A-Za-z0-9+/=])`,
    examples: [
      'AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEJzX2VaB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vWaB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vWaB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vWaB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vWaB3dE5fG7hI9jK1lM2nO',
    ],
    lookAlikes: ['IQoJb3JpZ2luX2Vj', 'FwoGZXIvYXdz is how they begin'],
  },
  {
    number: 5,
    name: 'BEDROCK_API_KEY',
    anchor: 'credential',
    pattern: `(?<s>ABSK[A-Za-z0-9+/]{109,269}={0,2})(?![A-Za-z0-9+/=])`,
    examples: [
      'ABSKQmVkcm9ja0FQSUtleS0QmVkcm9ja0FQSUtle8aB3dE5fG7hI9jK1lM2QmVkcm9ja0FQSUtle8aB3dE5fG7hI9jK1lM2QmVkcm9ja0FQSUtle8aB3dE5fG7hI9jK1lM2QmVkcm',
    ],
    lookAlikes: ['ABSKillSet', 'ABSKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
  },
  {
    number: 6,
    name: 'BEDROCK_SHORT_KEY',
    anchor: 'credential',
    pattern: `bedrock-api-key-(?<s>[A-Za-z0-9+/=]{40,4000})(?![A-Za-z0-9])`,
    examples: ['bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGg='],
    lookAlikes: ['bedrock-api-key-rotation', 'set bedrock-api-key in .env'],
  },
  {
    number: 7,
    name: 'PRESIGNED_SIGNATURE',
    anchor: 'signed-url',
    pattern: `X-Amz-Signature=(?<t>[0-9a-f]{64})(?![0-9a-f])`,
    examples: ['&X-Amz-Signature=3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f'],
    lookAlikes: ['X-Amz-Signature=${sig}', 'sha256:3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f'],
  },
  {
    number: 8,
    name: 'PRESIGNED_CREDENTIAL',
    anchor: 'signed-url',
    pattern: `X-Amz-Credential=(?<t>(?:AKIA|ASIA)[A-Z2-7]{16})`,
    examples: ['X-Amz-Credential=ASIAQ3EGRMB5T2YKL7XB%2F20261126%2Fus-east-1%2Fs3%2Faws4_request'],
    lookAlikes: ['X-Amz-Credential=<key>'],
  },
];
