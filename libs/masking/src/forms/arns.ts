import type { ArnForm } from './form.js';

/** ARNs. Partition, service, Region and type of resource stay. */
export const ARNS: readonly ArnForm[] = [
  {
    number: 9,
    name: 'ARN_S3',
    services: ['s3'],
    withoutAccount: '^[A-Za-z0-9][A-Za-z0-9._-]{1,254}',
    examples: ['arn:aws:s3:::acme-prod-logs', 'arn:aws-cn:s3:::acme-prod/data/2026/x.parquet'],
    lookAlikes: ['arn:aws:s3:::*', 'arn:aws:s3:::${bucket}/*', 'arn:aws:s3:::${aws_s3_bucket.logs.id}'],
  },
  {
    number: 10,
    name: 'ARN_IAM',
    services: ['iam', 'sts', 'organizations', 'account', 'billing', 'ce', 'budgets'],
    examples: [
      'arn:aws:iam::204813579264:role/team/ci-deployer',
      'arn:aws-us-gov:sts::204813579264:assumed-role/Admin/jane',
      'arn:aws:iam::204813579264:root',
    ],
    lookAlikes: [
      'arn:aws:iam::aws:policy/AdministratorAccess',
      'arn:aws:iam::${AWS::AccountId}:role/x',
      'arn:aws:iam::ACCOUNT:role/x',
    ],
  },
  {
    number: 11,
    name: 'ARN_GLOBAL',
    services: [
      'route53',
      'cloudfront',
      'waf',
      'globalaccelerator',
      'networkmanager',
      'shield',
      'savingsplans',
      'sso',
      'identitystore',
    ],
    withoutAccount: '^[A-Za-z0-9]',
    examples: [
      'arn:aws:cloudfront::204813579264:distribution/E1Q2W3E4R5T6Y7',
      'arn:aws:route53:::hostedzone/Z0123456ABCDEFGHIJKL',
      'arn:aws:sso:::instance/ssoins-7223a1b2c3d4e5f6',
    ],
    lookAlikes: ['arn:aws:cloudfront::${account}:distribution/${id}'],
  },
  {
    number: 12,
    name: 'ARN',
    services: [],
    examples: [
      'arn:aws:lambda:eu-west-1:204813579264:function:bill-run:PROD',
      'arn:aws:secretsmanager:us-east-1:204813579264:secret:db/main-AbC1d2',
      'arn:aws-us-gov:kms:us-gov-west-1:204813579264:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0',
    ],
    lookAlikes: [
      'arn:aws:lambda:us-east-1:${account}:function:x',
      'arn:aws:<service>:<region>:<account>:<id>',
      'learn:aws:x',
    ],
  },
  {
    number: 13,
    name: 'ARN_API_GATEWAY',
    services: ['apigateway'],
    withoutAccount: '^/(?:restapis|apis|vpclinks|domainnames|apikeys|usageplans)/[A-Za-z0-9]',
    examples: ['arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/prod'],
    lookAlikes: ['arn:aws:apigateway:us-east-1::/restapis/*', 'arn:aws:apigateway:${region}::/restapis'],
  },
];
