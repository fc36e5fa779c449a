import type { CreatedKey } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { usePolled } from '../api/use-polled.js';
import { Copyable } from '../parts/copyable.js';
import { Loaded } from '../parts/load-state.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { useActing } from './acting.js';
import { KeyForm } from './key-form.js';
import { KeyTable } from './key-table.js';
import { Section } from './section.js';

const REFRESH_SECONDS = 20;
const OVERLAP_SECONDS = 24 * 60 * 60;

/** All client keys by their ids. A new secret is shown once. */
export function KeysSection() {
  const { texts } = useSettings();
  const { access } = texts;
  const mayAct = useMayAct();
  const keys = usePolled('keys', REFRESH_SECONDS, (client, signal) => client.keys(signal));
  const [created, setCreated] = useState<CreatedKey>();
  const { message, act } = useActing(keys.refresh);
  const show = (work: Promise<CreatedKey>) => act(async () => void setCreated(await work));
  const acts = {
    rotate: (id: string) => void show(gateway.rotateKey(id, OVERLAP_SECONDS)),
    revoke: (id: string) => void act(() => gateway.revokeKey(id).then(() => access.revoked(id))),
  };
  return (
    <Section id="keys" title={access.keys} lead={access.keysLead} of={keys} message={message}>
      {created && <Copyable title={access.created(created.id)} text={created.key} />}
      {mayAct && <KeyForm onCreate={(order) => show(gateway.createKey(order))} />}
      <Loaded of={keys} lines={4}>
        {({ keys: list }) => <KeyTable keys={list} {...(mayAct && { acts })} />}
      </Loaded>
    </Section>
  );
}
