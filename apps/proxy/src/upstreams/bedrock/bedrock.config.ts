import { type AwsConfig, awsSection } from '../../config/aws.config.js';
import { httpUrl, oneOf, textMap } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

export const bedrockSection = section('bedrock', 'The stand-in: AWS Bedrock.', {
  profile: setting(
    'BEDROCK_PROFILE',
    oneOf('auto', 'global', 'geo', 'none'),
    'Inference profiles: `geo` stays in the geography of `AWS_REGION`, `global` goes anywhere, `auto` prefers the first and takes the second if the model has no other, `none` asks for the bare model.',
    'auto',
  ),
  modelMap: setting(
    'BEDROCK_MODEL_MAP',
    textMap,
    'Bedrock id or ARN by model name, such as `{"claude-opus-5-5":"arn:aws:bedrock:…"}`. Wins over the list of models and `MODELS_FILE`; a model that none of them has is not sent to Bedrock.',
    '{}',
  ),
  endpoint: setting('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', httpUrl, "A Bedrock endpoint in place of AWS's own."),
});

/** What the room needs to know, from its own section and the one of AWS. */
export interface BedrockConfig {
  readonly region: string;
  /** Which inference profile a model is asked through; see `models.ts`. */
  readonly profile: 'auto' | 'global' | 'geo' | 'none';
  /** Model as the caller names it -> Bedrock id or ARN. Wins over the table. */
  readonly modelMap: Readonly<Record<string, string>>;
  readonly endpoint?: string;
}

export const BEDROCK_CONFIG = Symbol('BEDROCK_CONFIG');

export const bedrockConfigProvider = {
  provide: BEDROCK_CONFIG,
  inject: [bedrockSection.token, awsSection.token],
  useFactory: (bedrock: ConfigOf<typeof bedrockSection>, { region }: AwsConfig): BedrockConfig => ({
    region,
    profile: bedrock.profile,
    modelMap: bedrock.modelMap,
    ...(bedrock.endpoint && { endpoint: bedrock.endpoint.href }),
  }),
};
