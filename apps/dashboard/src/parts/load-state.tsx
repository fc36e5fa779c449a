import type { AdminApiError } from '@claude-proxy/admin-client';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Polled } from '../api/use-polled.js';
import { useSettings } from '../texts/settings.js';

/** Shorter waits need no sign that one is waiting; it would only flicker. */
const VISIBLE_AFTER_MS = 250;

export function Loading({ lines = 4 }: { readonly lines?: number }) {
  const { texts } = useSettings();
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setVisible(true), VISIBLE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div class={`skeleton${isVisible ? ' is-visible' : ''}`} role="status">
      <span class="unseen">{texts.state.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        <i key={index} aria-hidden="true" />
      ))}
    </div>
  );
}

interface FailureProps {
  readonly error: AdminApiError;
  onRetry(): void;
}

export function Failure({ error, onRetry }: FailureProps) {
  const { texts } = useSettings();
  return (
    <div class="failure" role="alert">
      <p>
        <strong>{texts.state.failed}</strong>
        <br />
        {error.status === 0 ? texts.state.unreachable : error.message}
      </p>
      <button type="button" class="button" onClick={onRetry}>
        {texts.state.retry}
      </button>
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: Polled<T>;
  readonly lines?: number;
  children(data: T): ComponentChildren;
}

/** Waiting, failed or there. Data that has gone stale stays; `Freshness` says so. */
export function Loaded<T>({ of, lines, children }: LoadedProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failure error={of.error} onRetry={of.refresh} />;
  return <Loading {...(lines === undefined ? {} : { lines })} />;
}
