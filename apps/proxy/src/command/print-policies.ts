import { policyPage } from '../upstreams/bedrock/policy-page.js';
import { print } from './print.js';

/** Prints `docs/bedrock.md`. */
print(policyPage());
