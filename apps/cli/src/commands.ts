import { api } from './api/api.command.js';
import { audit } from './audit/audit.command.js';
import { env } from './client/env.command.js';
import type { CommandSpec } from './core/command.js';
import { drillsCommands } from './drills/drills.commands.js';
import { limitsCommands } from './limits/limits.commands.js';
import { logs } from './logs/logs.command.js';
import { pricesCommands } from './prices/prices.commands.js';
import { why } from './requests/why.command.js';
import { serve } from './serve/serve.command.js';
import { configCommands } from './settings/config.commands.js';
import { completion, completionWords } from './shell/completion.commands.js';
import { version } from './shell/version.command.js';
import { statsCommands } from './stats/stats.commands.js';
import { usersList, usersShow } from './stats/users.commands.js';
import { status } from './status/status.command.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  status,
  logs,
  why,
  ...statsCommands,
  usersList,
  usersShow,
  ...limitsCommands,
  ...drillsCommands,
  ...pricesCommands,
  audit,
  ...configCommands,
  env,
  serve,
  api,
  completion,
  completionWords(() => COMMANDS),
  version,
];
