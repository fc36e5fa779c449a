import { useEffect, useRef, useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

const SHOWN_MS = 2_000;

interface CopyableProps {
  readonly title: string;
  readonly text: string;
}

/** A text to be copied whole. */
export function Copyable({ title, text }: CopyableProps) {
  const { texts } = useSettings();
  const code = useRef<HTMLElement>(null);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [isCopied]);

  const copy = async () => {
    // Without TLS the clipboard is missing; then at least all of it is selected.
    const isDone = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    if (isDone) setCopied(true);
    else if (code.current) getSelection()?.selectAllChildren(code.current);
  };
  return (
    <section class="copyable" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <button type="button" class="button is-small" onClick={copy} aria-label={texts.connect.copyOf(title)}>
          {isCopied ? texts.connect.copied : texts.connect.copy}
        </button>
        <span class="unseen" role="status">
          {isCopied ? texts.connect.copied : ''}
        </span>
      </header>
      <pre>
        <code ref={code}>{text}</code>
      </pre>
    </section>
  );
}
