/** Under which the process's logger is provided. */
export const LOGGER = Symbol('logger');
