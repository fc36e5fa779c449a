export { type EndOfLife, endOfLifeOf, WARNING_DAYS } from './end-of-life.js';
export { type ClaudeModel, MODELS, type ModelPrices, modelNamed } from './models.js';
