export { describeStep, type StepStage } from './describe-step.js';
export { describeUpstream, type UpstreamStage } from './describe-upstream.js';
