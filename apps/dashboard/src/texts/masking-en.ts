const s = (count: number) => (count === 1 ? '' : 's');

/** The words of the page about masking. */
export const maskingEn = {
  state: {
    off: 'Masking is off (MASKING=off), except for client keys and scopes that switch it on. The preview below shows what it does.',
    aws: 'AWS identifiers are masked in every request (MASKING=aws).',
    'aws,ips': 'AWS identifiers and IP addresses are masked in every request (MASKING=aws,ips).',
  },
  preview: 'Try a text',
  previewLead: 'What would leave in place of a text. Nothing of it is kept.',
  text: 'Text',
  sample: 'role arn:aws:iam::204813579264:role/ci-deployer in vpc-0a1b2c3d4e5f60718',
  show: 'Show',
  found: (count: number, text: string) => `${text} identifier${s(count)} found`,
  alarms: 'Keys and secrets in requests',
  alarmsLead: 'They were masked. Rotate them all the same: they are in files or in the environment of the client.',
  requests: (count: number, text: string) => `in ${text} request${s(count)}`,
  blobs: (count: number, text: string) =>
    `${text} image${s(count)}, PDF${s(count)} or file${s(count)} passed unmasked since the start of this process (MASKING_BLOBS=pass).`,
  noAlarms: 'None since the start of this process.',
  users: 'Users',
  user: 'User',
  noUsers: 'Nothing was masked since the start of this process.',
  rules: 'Rules',
  rulesLead: 'Counts since the start of this process. The same figures by time are in the metrics.',
  rule: 'Rule',
  example: 'Example',
  lookAlike: 'Left alone',
  masked: 'Masked',
  restored: 'Restored',
  left: 'Left masked',
  off: 'off',
  own: 'own rule',
};
