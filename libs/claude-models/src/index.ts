export { BETA, type BedrockBeta } from './bedrock-betas.js';
export { geographyOf } from './bedrock-geographies.js';
export type {
  BedrockModel,
  ClaudeModel,
  Effort,
  ModelCapabilities,
  ModelPrices,
  PriceStep,
} from './claude-model.js';
export { ClaudeModels, namesOf } from './claude-models.js';
export { type EndOfLife, endOfLifeOf, lifecycleOf, WARNING_DAYS } from './end-of-life.js';
export { MODELS } from './models.js';
