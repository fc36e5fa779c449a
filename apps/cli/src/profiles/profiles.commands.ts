import { ask, isInteractive, readSecret } from '../core/ask.js';
import { CliError, unreachable, usageError } from '../core/cli-error.js';
import type { CommandSpec, Context, Input } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { textOption } from '../core/options.js';
import { clientOf } from '../gateway/client-of.js';
import { validUrl } from '../gateway/gateway.js';
import { localGateway } from '../gateway/local-gateway.js';
import { profileNamed, profilePath, readProfiles, writeProfiles } from '../gateway/profiles.js';
import { REACH_TIMEOUT_MS } from '../gateway/reach.js';
import { line, table } from '../text/blocks.js';

const NAME = /^[a-z0-9][\w.-]{0,39}$/i;
const DEFAULT_NAME = 'default';

export const profilesCommands: readonly CommandSpec[] = [
  {
    name: 'login',
    summary: 'save the address and token of a gateway as a profile, and use it from now on',
    details:
      'The token is read from --from-env, --from-file, a pipe or a prompt without echo, checked, and kept in a file that only you can read.',
    options: [
      { flags: '--from-env <name>', text: 'the variable with the token' },
      { flags: '--from-file <path>', text: 'the file with the token' },
    ],
    run: login,
  },
  {
    name: 'logout',
    summary: 'remove a profile with its token from this machine',
    async run({ world }, input) {
      const file = readProfiles(world);
      const name = textOption(input, 'profile') ?? file.current ?? DEFAULT_NAME;
      profileNamed(file, name);
      const { [name]: _removed, ...profiles } = file.profiles;
      writeProfiles(world, { current: file.current === name ? null : file.current, profiles });
      return { json: { profile: name, removed: true }, text: [line(`Removed the profile ${name}.`)] };
    },
  },
  {
    name: 'profiles list',
    summary: 'the saved gateways, without their tokens',
    async run({ world }) {
      const { current, profiles } = readProfiles(world);
      const found = Object.entries(profiles).map(([name, { url, token }]) => ({
        name,
        url,
        has_token: token !== undefined,
        is_current: name === current,
      }));
      const rows = found.map(({ name, url, has_token, is_current }) => [
        is_current ? `* ${name}` : name,
        url,
        has_token ? 'kept' : '-',
      ]);
      const text =
        rows.length === 0
          ? line('No profile exists. Create one with: ccp login --url ADDRESS')
          : table(['PROFILE', 'ADDRESS', 'TOKEN'], rows);
      return { json: { current, profiles: found }, text: [text] };
    },
  },
  {
    name: 'profiles use',
    summary: 'use a saved gateway from now on; "none" for the gateway of this machine',
    arguments: [{ name: '<name>', text: 'name of the profile', values: 'profiles' }],
    async run({ world }, { args }) {
      const file = readProfiles(world);
      const current = args[0] === 'none' ? null : args[0]!;
      if (current !== null) profileNamed(file, current);
      writeProfiles(world, { ...file, current });
      return {
        json: { current },
        text: [line(current === null ? 'Commands ask the gateway of this machine.' : `Commands ask ${current}.`)],
      };
    },
  },
];

async function login(context: Context, input: Input) {
  const { world } = context;
  const name = textOption(input, 'profile') ?? DEFAULT_NAME;
  if (!NAME.test(name))
    throw usageError(`"${name}" is not a name of a profile: 1 to 40 letters, digits or "._-" are allowed`);
  const url = validUrl(await addressOf(context, input), '--url');
  const token = await readSecret(context, input, 'admin token or client key');
  const role = await roleOf(url, token);
  const file = readProfiles(world);
  writeProfiles(world, { current: name, profiles: { ...file.profiles, [name]: { url, token } } });
  const text = `Signed in at ${url} with the role ${role}. The profile ${name} is kept in ${profilePath(world)}.`;
  return { json: { profile: name, url, role }, text: [line(text)] };
}

async function addressOf({ world }: Context, input: Input): Promise<string> {
  const given = textOption(input, 'url') ?? world.env.CCP_URL;
  if (given) return given;
  if (!isInteractive(world)) throw usageError('The address of the gateway is missing', 'Give it by --url or CCP_URL.');
  const standard = localGateway(world).url;
  return (await ask(world, `Address of the gateway [${standard}]: `, false)).trim() || standard;
}

/** @throws CliError for a token that the gateway does not accept: nothing is saved then */
async function roleOf(baseUrl: string, token: string): Promise<string> {
  const client = clientOf({ url: baseUrl, token }, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
  const session = await client.session().catch((error: Error) => {
    throw error.name === 'TimeoutError' ? unreachable(baseUrl, 'no answer in time') : error;
  });
  if (session.is_signed_in) return session.role ?? 'admin';
  throw new CliError(
    EXIT.signIn,
    `${baseUrl} does not accept this token; nothing was saved`,
    'The admin token is the value of ADMIN_TOKEN, or in DATA_DIR/admin-token of the gateway.',
  );
}
