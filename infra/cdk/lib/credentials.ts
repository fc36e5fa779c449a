import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
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
  /** Encrypts the secrets of this stack. @default - the key of Secrets Manager */
  readonly encryptionKey?: IKey;
}

const ADMIN_TOKEN_LENGTH = 48;
const LASTING_SECRET_LENGTH = 64;

interface GeneratedSecret {
  readonly description: string;
  readonly length: number;
  /** Whether it outlives the stack. */
  readonly isKept: boolean;
  /** Why it has no automatic rotation. */
  readonly rotation: string;
}

/** The secrets of the application. Containers read them at startup, so a new value needs a new deployment. */
export class Credentials extends Construct {
  readonly adminToken: Secret;
  /** Variable -> secret. */
  readonly secrets: Readonly<Record<string, ContainerSecret>>;
  private readonly encryption: { readonly encryptionKey: IKey } | undefined;

  constructor(scope: Construct, id: string, props: CredentialsProps = {}) {
    super(scope, id);
    const { anthropicSecretArn, anthropicSecretField, further = {}, encryptionKey } = props;
    this.encryption = encryptionKey && { encryptionKey };
    this.adminToken = this.generated('AdminToken', {
      description: 'Opens the admin endpoints of Claude Code Proxy',
      length: ADMIN_TOKEN_LENGTH,
      isKept: false,
      rotation: 'Rotated by hand together with a deployment (docs/operations.md), because tasks read it at startup.',
    });
    const keyOfAccounts = this.generated('EncryptionKey', {
      description: 'Encrypts the API keys of accounts in the table claude-proxy-access',
      length: LASTING_SECRET_LENGTH,
      // The table is kept, too: without this text its keys are lost.
      isKept: true,
      rotation: 'Never rotated: what it has encrypted could not be read any more (docs/accounts.md).',
    });
    const maskingSecret = this.generated('MaskingSecret', {
      description: 'Keys the placeholders of masked AWS identifiers',
      length: LASTING_SECRET_LENGTH,
      // A conversation contains placeholders that only this text restores.
      isKept: true,
      rotation: 'Rotated by hand only: a new value ends all prompt caches and open conversations (docs/masking.md).',
    });
    this.secrets = {
      ADMIN_TOKEN: ContainerSecret.fromSecretsManager(this.adminToken),
      ENCRYPTION_KEY: ContainerSecret.fromSecretsManager(keyOfAccounts),
      MASKING_SECRET: ContainerSecret.fromSecretsManager(maskingSecret),
      ...(anthropicSecretArn && {
        ANTHROPIC_API_KEY: this.existing('Anthropic', anthropicSecretArn, anthropicSecretField),
      }),
      ...Object.fromEntries(Object.entries(further).map(([name, arn]) => [name, this.existing(name, arn)])),
    };
  }

  private generated(id: string, { description, length, isKept, rotation }: GeneratedSecret): Secret {
    const secret = new Secret(this, id, {
      description,
      generateSecretString: { passwordLength: length, excludePunctuation: true },
      removalPolicy: isKept ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      ...this.encryption,
    });
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: rotation });
    return secret;
  }

  private existing(id: string, arn: string, field?: string): ContainerSecret {
    return ContainerSecret.fromSecretsManager(Secret.fromSecretCompleteArn(this, id, arn), field);
  }
}
