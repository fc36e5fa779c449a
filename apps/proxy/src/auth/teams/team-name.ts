/** Names of teams are a part of keys in the store. */
export const TEAM_NAME = /^[\p{L}\p{N}._-]{1,60}$/u;
