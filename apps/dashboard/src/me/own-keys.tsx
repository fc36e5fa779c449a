import type { CreatedKey, Me } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { useActing } from '../access/acting.js';
import { ActionForm } from '../access/action-form.js';
import { KeyTable } from '../access/key-table.js';
import { gateway } from '../api/gateway.js';
import { Copyable } from '../parts/copyable.js';
import { useSettings } from '../texts/settings.js';

/** The keys of a user. With self-service it creates and revokes them itself. */
export function OwnKeys({ me, onChange }: { readonly me: Me; onChange(): void }) {
  const { texts } = useSettings();
  const { access } = texts;
  const [created, setCreated] = useState<CreatedKey>();
  const { message, act } = useActing(onChange);
  const create = (text: (name: string) => string) =>
    act(async () => void setCreated(await gateway.createOwnKey(text('name'))));
  const acts = { revoke: (id: string) => void act(() => gateway.revokeOwnKey(id).then(() => access.revoked(id))) };
  return (
    <section class="panel is-table" aria-labelledby="own-keys">
      <h2 id="own-keys">{access.ownKeys}</h2>
      <p class={message ? 'notice' : 'unseen'} role="status">
        {message}
      </p>
      {created && <Copyable title={access.created(created.id)} text={created.key} />}
      {me.may_create_keys && (
        <ActionForm submit={access.createOwn} onSubmit={create}>
          <label class="field">
            <span>{access.name}</span>
            <input type="text" name="name" required maxLength={100} />
          </label>
        </ActionForm>
      )}
      <KeyTable keys={me.keys} {...(me.may_create_keys && { acts })} />
    </section>
  );
}
