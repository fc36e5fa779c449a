import { buildChanged } from '../../scripts/build-changed.mjs';

/** Before the tests of behaviour: some of them start the gateway as it is shipped, and open its dashboard. */
export default () => buildChanged();
