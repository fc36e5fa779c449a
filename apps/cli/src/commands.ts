import { accountsCommands } from './accounts/accounts.commands.js';
import { api } from './api/api.command.js';
import { audit } from './audit/audit.command.js';
import { budgetsCommands } from './budgets/budgets.commands.js';
import { budgetsStatement } from './budgets/statement.command.js';
import { connect } from './client/connect.command.js';
import { env } from './client/env.command.js';
import { runProgram } from './client/run.command.js';
import { statusline } from './client/statusline.command.js';
import type { CommandSpec } from './core/command.js';
import { doctor } from './doctor/doctor.command.js';
import { drillsCommands } from './drills/drills.commands.js';
import { fallbackCommands } from './fallback/fallback.commands.js';
import { keysCommands } from './keys/keys.commands.js';
import { limitsCommands } from './limits/limits.commands.js';
import { events } from './logs/events.command.js';
import { logs } from './logs/logs.command.js';
import { maskingCommands } from './masking/masking.commands.js';
import { pricesCommands } from './prices/prices.commands.js';
import { profilesCommands } from './profiles/profiles.commands.js';
import { explain } from './requests/explain.command.js';
import { why } from './requests/why.command.js';
import { serve } from './serve/serve.command.js';
import { configCommands } from './settings/config.commands.js';
import { completion, completionWords } from './shell/completion.commands.js';
import { version } from './shell/version.command.js';
import { statsSessions } from './stats/sessions.command.js';
import { statsCommands } from './stats/stats.commands.js';
import { usersList, usersShow } from './stats/users.commands.js';
import { status } from './status/status.command.js';
import { teamsCommands } from './teams/teams.commands.js';
import { top } from './top/top.command.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  status,
  doctor,
  top,
  logs,
  events,
  why,
  explain,
  ...accountsCommands,
  ...keysCommands,
  ...budgetsCommands,
  budgetsStatement,
  ...teamsCommands,
  ...statsCommands,
  statsSessions,
  usersList,
  usersShow,
  ...limitsCommands,
  ...fallbackCommands,
  ...drillsCommands,
  ...maskingCommands,
  ...pricesCommands,
  audit,
  ...configCommands,
  connect,
  env,
  runProgram,
  statusline,
  ...profilesCommands,
  serve,
  api,
  completion,
  completionWords(() => COMMANDS),
  version,
];
