import { describe, expect, it } from '@jest/globals';
import { sessionKeyOf } from './session-key.js';

interface Given {
  readonly named?: string;
  readonly headers?: readonly string[];
  readonly user?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

const keyOf = ({ named, headers = [], user = 'alice', body = {} }: Given) =>
  sessionKeyOf(
    {
      headers,
      user,
      member: (name) => (name in body ? Buffer.from(JSON.stringify(body[name])) : undefined),
    },
    named,
    'secret',
  );
const metadata = (userId: string) => ({ metadata: { user_id: userId } });

describe('the key of a session', () => {
  it('is the same for one id in any of its places', () => {
    const id = '0d1f7c52-9a5e-4f8e-b3a1-9d9d6d0c7f11';
    const keys = [
      keyOf({ named: id }),
      keyOf({ headers: ['X-Claude-Code-Session-Id', id] }),
      keyOf({ body: metadata(JSON.stringify({ device_id: 'd', session_id: id })) }),
      keyOf({ body: metadata(`user_abc_account__session_${id}`) }),
    ];
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{24}$/);
  });

  it('follows the order: own header, Claude Code, metadata, content', () => {
    const body = { ...metadata('someone'), system: 'You are helpful.' };
    const all = keyOf({ named: 'a', headers: ['x-claude-code-session-id', 'b'], body });
    expect(all).toBe(keyOf({ named: 'a' }));
    expect(keyOf({ body })).toBe(keyOf({ body: metadata('someone') }));
  });

  it('is of one user: another user with the same id has another session', () => {
    expect(keyOf({ named: 'same' })).not.toBe(keyOf({ named: 'same', user: 'bob' }));
  });

  it('is made of tools and system up to the first cache breakpoint, without an id', () => {
    const system = (later: string) => [
      { type: 'text', text: 'long', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: later },
    ];
    expect(keyOf({ body: { system: system('monday') } })).toBe(keyOf({ body: { system: system('tuesday') } }));
    expect(keyOf({ body: { system: 'a' } })).not.toBe(keyOf({ body: { system: 'b' } }));
  });

  it('does not exist for a request that names nothing', () => {
    expect(keyOf({})).toBeUndefined();
    expect(keyOf({ body: { metadata: { user_id: 5 } } })).toBeUndefined();
  });
});
