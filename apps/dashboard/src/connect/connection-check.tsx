import { useState } from 'preact/hooks';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { checkConnection, type Finding } from './check-connection.js';

interface ConnectionCheckProps {
  readonly user: string;
  /** Clients bring a key of their own, so the check needs one. */
  readonly needsKey: boolean;
}

/** Says who would answer this user, with which credential, and whether that is accepted. */
export function ConnectionCheck({ user, needsKey }: ConnectionCheckProps) {
  const { texts } = useSettings();
  const { connect } = texts;
  const [key, setKey] = useState('');
  const [finding, setFinding] = useState<Finding>();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    setFinding(await checkConnection(user, key.trim()));
    setBusy(false);
  };
  return (
    <form
      class="check"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      {needsKey && (
        <label class="field">
          <span>{connect.checkKey}</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
          <small class="hint">{connect.checkKeyHint}</small>
        </label>
      )}
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {isBusy ? connect.checking : connect.check}
      </button>
      <div role="status">{finding && <Result finding={finding} />}</div>
    </form>
  );
}

function Result({ finding }: { readonly finding: Finding }) {
  const { texts, format } = useSettings();
  const { connect } = texts;
  const { status, upstream, problem, detail, ms } = finding;
  const isFine = status === 200;
  const answeredBy = upstream ?? detail?.upstream ?? null;
  return (
    <>
      <p class={isFine ? 'is-well' : 'is-trouble'}>
        {isFine
          ? connect.answers(nameOfUpstream(answeredBy, texts), format.milliseconds(ms))
          : status === undefined
            ? connect.notReached
            : connect.refused(status)}
      </p>
      <ul>
        {problem !== undefined && <li>{problem}</li>}
        {detail && <li>{connect.countedFor(detail.user)}</li>}
        {detail && <li>{credentialText(detail, connect)}</li>}
        {detail && <li>{acceptedText(detail.attempts, isFine, connect)}</li>}
        {detail?.fallback_reason && <li>{connect.fallback(detail.fallback_reason)}</li>}
        {detail && (
          <li>
            <a href={hashOf('requests', undefined, { q: detail.id, open: detail.id })}>{connect.story}</a>
          </li>
        )}
      </ul>
    </>
  );
}

type Detail = NonNullable<Finding['detail']>;
type Words = ReturnType<typeof useSettings>['texts']['connect'];

function credentialText({ account, client_key, credential_fingerprint }: Detail, connect: Words): string {
  if (account !== null) return connect.withAccount(account, client_key);
  if (credential_fingerprint === null) return connect.withNone(client_key);
  return connect.withOwn(credential_fingerprint);
}

function acceptedText(attempts: Detail['attempts'], isFine: boolean, connect: Words): string {
  const anthropic = attempts.find(({ upstream }) => upstream === 'anthropic');
  if (!anthropic) return connect.notAsked;
  if (anthropic.failure === null && isFine) return connect.accepted;
  if (anthropic.status === 401 || anthropic.status === 403) return connect.notAccepted;
  return connect.unclear(anthropic.reason ?? anthropic.failure ?? String(anthropic.status ?? ''));
}
