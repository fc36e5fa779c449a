/** What makes a deployment distinct from others in the same account and Region. */
export interface DeploymentNames {
  readonly stackName: string;
  readonly tablePrefix: string;
}

export interface GivenNames {
  readonly environment?: string;
  readonly stackName?: string;
  readonly tablePrefix?: string;
}

const DEFAULTS: DeploymentNames = { stackName: 'ClaudeProxy', tablePrefix: 'claude-proxy' };
const ENVIRONMENT = /^[a-z][a-z0-9-]{0,30}$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * A second deployment gets names of its own throughout. A prefix of tables alone is refused: it would give the tables of
 * the first deployment new names, which replaces them by empty ones.
 *
 * @throws Error with the name of the context and what is allowed
 */
export function namesOf({ environment, stackName, tablePrefix }: GivenNames): DeploymentNames {
  if (environment !== undefined && !ENVIRONMENT.test(environment))
    throw new Error(
      `The context "environment" must begin with a small letter and contain small letters, digits and dashes, at most 31; it is "${environment}".`,
    );
  if (stackName !== undefined && !STACK_NAME.test(stackName))
    throw new Error(
      `The context "stackName" must begin with a letter and contain letters, digits and dashes; it is "${stackName}".`,
    );
  if (tablePrefix !== undefined && tablePrefix !== DEFAULTS.tablePrefix && !environment && !stackName)
    throw new Error(
      `The context "tablePrefix" alone would replace the tables of the stack "${DEFAULTS.stackName}" by empty ones. For a second deployment set "environment". For restored tables set "stackName=${DEFAULTS.stackName}" too.`,
    );
  const suffix = environment === undefined ? '' : `-${environment}`;
  return {
    stackName: stackName ?? DEFAULTS.stackName + suffix,
    tablePrefix: tablePrefix ?? prefixOf(stackName) + suffix,
  };
}

function prefixOf(stackName: string | undefined): string {
  if (stackName === undefined || stackName === DEFAULTS.stackName) return DEFAULTS.tablePrefix;
  return `${DEFAULTS.tablePrefix}-${stackName.toLowerCase()}`;
}
