import { admissionSection } from './admission/admission.config.js';
import { albSection } from './auth/alb.config.js';
import { authSection } from './auth/auth.config.js';
import { awsSection } from './config/aws.config.js';
import { modelsSection } from './config/models.config.js';
import type { Section } from './config/section.js';
import { serverSection } from './config/server.config.js';
import { fallbackSection } from './fallback/fallback.config.js';
import { httpSection } from './http/http.config.js';
import { observabilitySection } from './observability/observability.config.js';
import { openAiSection } from './openai/openai.config.js';
import { requestLogSection } from './request-log/request-log.config.js';
import { stateSection } from './state/state.config.js';
import { anthropicSection } from './upstreams/anthropic/anthropic.config.js';
import { bedrockSection } from './upstreams/bedrock/bedrock.config.js';
import { usageSection } from './usage/usage.config.js';

/** Every variable the gateway reads, room by room. */
export const SECTIONS: readonly Section[] = [
  serverSection,
  authSection,
  albSection,
  admissionSection,
  httpSection,
  openAiSection,
  modelsSection,
  fallbackSection,
  anthropicSection,
  bedrockSection,
  usageSection,
  requestLogSection,
  stateSection,
  awsSection,
  observabilitySection,
];
