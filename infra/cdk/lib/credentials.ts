import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface CredentialsProps {
  /**
   * Complete ARN of the secret with an Anthropic API key. It is used if a caller sends no credential.
   * @default - callers send their own
   */
  readonly anthropicSecretArn?: string;
  /** Member of that secret, if it is a JSON object. @default - the whole secret */
  readonly anthropicSecretField?: string;
  /** Further secret settings: variable -> complete ARN of a secret, such as `REDIS_URL`. @default none */
  readonly further?: Readonly<Record<string, string>>;
}

const ADMIN_TOKEN_LENGTH = 48;
const ENCRYPTION_KEY_LENGTH = 64;

/** The secrets of the application. Containers read them at startup, so a new value needs a new deployment. */
export class Credentials extends Construct {
  readonly adminToken: Secret;
  /** Variable -> secret. */
  readonly secrets: Readonly<Record<string, ContainerSecret>>;

  constructor(scope: Construct, id: string, props: CredentialsProps = {}) {
    super(scope, id);
    const { anthropicSecretArn, anthropicSecretField, further = {} } = props;
    this.adminToken = new Secret(this, 'AdminToken', {
      description: 'Opens the admin endpoints of Claude Code Proxy',
      generateSecretString: { passwordLength: ADMIN_TOKEN_LENGTH, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.adminToken).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Rotated by hand together with a deployment (docs/operations.md), because tasks read it at startup.',
    });
    const encryptionKey = new Secret(this, 'EncryptionKey', {
      description: 'Encrypts the API keys of accounts in the table claude-proxy-access',
      generateSecretString: { passwordLength: ENCRYPTION_KEY_LENGTH, excludePunctuation: true },
      // The table is kept, too: without this text its keys are lost.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(encryptionKey).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Never rotated: what it has encrypted could not be read any more (docs/accounts.md).',
    });
    this.secrets = {
      ADMIN_TOKEN: ContainerSecret.fromSecretsManager(this.adminToken),
      ENCRYPTION_KEY: ContainerSecret.fromSecretsManager(encryptionKey),
      ...(anthropicSecretArn && {
        ANTHROPIC_API_KEY: this.existing('Anthropic', anthropicSecretArn, anthropicSecretField),
      }),
      ...Object.fromEntries(Object.entries(further).map(([name, arn]) => [name, this.existing(name, arn)])),
    };
  }

  private existing(id: string, arn: string, field?: string): ContainerSecret {
    return ContainerSecret.fromSecretsManager(Secret.fromSecretCompleteArn(this, id, arn), field);
  }
}
