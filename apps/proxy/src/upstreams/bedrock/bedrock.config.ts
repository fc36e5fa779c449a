import { type AwsConfig, awsSection } from '../../config/aws.config.js';
import { httpUrl, oneOf, textMap } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

export const bedrockSection = section('bedrock', 'The fallback upstream: AWS Bedrock.', {
  profile: setting(
    'BEDROCK_PROFILE',
    oneOf('auto', 'global', 'geo', 'none'),
    'Inference profiles: `geo` stays in the geography of `AWS_REGION`, `global` can route anywhere, `auto` prefers `geo` and uses `global` if the model has no other, `none` uses the model id without a profile.',
    'auto',
  ),
  modelMap: setting(
    'BEDROCK_MODEL_MAP',
    textMap,
    'Bedrock id or ARN by model name, such as `{"claude-opus-5-5":"arn:aws:bedrock:…"}`. Overrides the list of models and `MODELS_FILE`. A model that is in none of them is not sent to Bedrock.',
    '{}',
  ),
  endpoint: setting('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', httpUrl, "A Bedrock endpoint instead of AWS's own."),
});

/** The settings of the room, from its own section and the one of AWS. */
export interface BedrockConfig {
  readonly region: string;
  /** The inference profile for a model; see `models.ts`. */
  readonly profile: 'auto' | 'global' | 'geo' | 'none';
  /** Model name of the caller -> Bedrock id or ARN. Overrides the table. */
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
