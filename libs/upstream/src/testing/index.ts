export { describeUpstream, type UpstreamStage } from './describe-upstream.js';
