import { Command, CommanderError, Option } from 'commander';
import type { CommandSpec, Input } from './command.js';

const GLOBAL_OPTIONS: readonly (readonly [string, string])[] = [
  ['--json', 'print JSON, errors too'],
  ['--url <address>', 'address of the gateway (CCP_URL)'],
  ['--profile <name>', 'a saved gateway (CCP_PROFILE; see `ccp login`)'],
  ['--token-file <path>', 'a file with the admin token or a client key (CCP_TOKEN is the token itself)'],
  ['--debug', 'print each call and the origin of an error on the standard error, without secrets'],
];

const GROUPS: Readonly<Record<string, string>> = {
  accounts: 'the API keys of the pool',
  keys: 'client keys: who may use the gateway',
  budgets: 'what users, teams and keys may spend',
  teams: 'teams and their users',
  stats: 'figures: daily, hourly, by model, upstream, user, account or session',
  users: 'usage and cost per user',
  limits: 'rate limits in force',
  fallback: 'the switch for fallback upstreams, in all tasks',
  drills: 'simulated rate limits',
  prices: 'the price list, and models without a price',
  config: 'settings of the gateway',
  masking: 'what masking would replace',
  profiles: 'saved gateways',
};

/** `ccp limits` is `ccp limits list`. */
const DEFAULT_VERBS = /(^stats daily| list|^prices show|^fallback status)$/;

export interface Parsed {
  readonly spec: CommandSpec;
  readonly input: Input;
}

interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** The commands as commander reads them. `onCommand` gets what the command line selects. */
export function programOf(
  specs: readonly CommandSpec[],
  version: string,
  output: Output,
  onCommand: (parsed: Parsed) => void,
) {
  const program = configured(new Command('ccp'), output)
    .description('Command line of Claude Code Proxy: run a gateway, ask it, watch it.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nA gateway on this machine is found by itself. All commands and exit codes: docs/command-line.md',
    );
  for (const [flags, text] of GLOBAL_OPTIONS) program.option(flags, text);
  for (const spec of specs) addCommand(program, spec, output, onCommand);
  return program;
}

/** A nested group is made by its first command. A group that is a command itself comes before its verbs. */
function addCommand(program: Command, spec: CommandSpec, output: Output, onCommand: (parsed: Parsed) => void): void {
  const words = spec.name.split(' ');
  const parent = words.slice(0, -1).reduce((group, word) => groupOf(group, word, output), program);
  const command = configured(new Command(words.at(-1)), output).description(spec.summary);
  if (spec.details) command.addHelpText('after', `\n${spec.details}`);
  for (const { name, text } of spec.arguments ?? []) command.argument(name, text);
  for (const { flags, text, values } of spec.options ?? []) {
    const option = new Option(flags, text);
    command.addOption(Array.isArray(values) ? option.choices([...values]) : option);
  }
  for (const [flags, text] of GLOBAL_OPTIONS) {
    const option = new Option(flags, text);
    if (!command.options.some(({ long }) => long === option.long)) command.addOption(option.hideHelp());
  }
  if (spec.passesThrough) command.passThroughOptions();
  command.action((...given: unknown[]) => {
    const self = given.at(-1) as Command;
    onCommand({ spec, input: { args: self.processedArgs.flat().filter(isText), options: self.optsWithGlobals() } });
  });
  parent.addCommand(command, { hidden: spec.isHidden === true, isDefault: DEFAULT_VERBS.test(spec.name) });
}

function groupOf(parent: Command, word: string, output: Output): Command {
  const existing = parent.commands.find((each) => each.name() === word);
  if (existing) return existing;
  const group = configured(new Command(word), output)
    .description(GROUPS[word] ?? word)
    .helpCommand(false);
  parent.addCommand(group);
  return group;
}

function configured(command: Command, { out, err }: Output): Command {
  return command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: () => {},
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** A fault in the command line, in one line; undefined for another error. */
export function usageFault(error: unknown): string | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  if (error.code === 'commander.help') return 'A command is missing';
  const missing = /^error: missing required argument '(.*)'$/.exec(error.message)?.[1];
  const excess = /^error: too many arguments .*: (.*)\.$/.exec(error.message)?.[1];
  if (excess !== undefined) return `"${excess}" is not expected here`;
  if (missing !== undefined) return `The argument <${missing}> is missing`;
  return error.message.replace(/^error: /, '').replaceAll('\n', ' ');
}

/** How the command is used that a line with a fault begins with. */
export function usageHint(args: readonly string[], specs: readonly CommandSpec[]): string {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const begins = (name: string) => name.split(' ').every((word, index) => word === words[index]);
  const spec = specs.filter(({ name }) => begins(name)).sort((left, right) => right.name.length - left.name.length)[0];
  if (spec && !spec.isHidden) {
    const usage = ['ccp', spec.name, ...(spec.arguments ?? []).map(({ name }) => name)].join(' ');
    return `Usage: ${usage}${spec.options ? ' [options]' : ''}. See \`ccp ${spec.name} --help\`.`;
  }
  const verbs = specs.map(({ name }) => name.split(' ')).filter(([group, verb]) => group === words[0] && verb);
  if (verbs.length === 0) return 'See `ccp --help`.';
  return `\`ccp ${words[0]}\` has: ${verbs.map(([, verb]) => verb).join(', ')}. See \`ccp ${words[0]} --help\`.`;
}
