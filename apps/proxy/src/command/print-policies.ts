import { policyPage } from '../upstreams/bedrock/policy-page.js';

/** Prints `docs/bedrock.md`. */
process.stdout.write(policyPage());
