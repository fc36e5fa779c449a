import type { MaskingPreview } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { useSettings } from '../texts/settings.js';

/** A text, and what would leave in its place. */
export function PreviewBox() {
  const { texts, format } = useSettings();
  const [text, setText] = useState(texts.masking.sample);
  const [preview, setPreview] = useState<MaskingPreview>();
  const [error, setError] = useState('');
  const show = async (event: Event) => {
    event.preventDefault();
    setError('');
    try {
      setPreview(await gateway.previewMasking(text));
    } catch (thrown) {
      setError((thrown as Error).message);
    }
  };
  const rules = [...new Set(preview?.matches.map(({ rule }) => rule))];
  return (
    <section class="panel" aria-labelledby="masking-preview">
      <h2 id="masking-preview">{texts.masking.preview}</h2>
      <p class="lead">{texts.masking.previewLead}</p>
      <form class="masking-preview" onSubmit={show}>
        <label>
          <span class="unseen">{texts.masking.text}</span>
          <textarea rows={5} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </label>
        <button type="submit" class="button" disabled={text === ''}>
          {texts.masking.show}
        </button>
      </form>
      {error !== '' && (
        <p class="notice is-warning" role="alert">
          {error}
        </p>
      )}
      {preview && (
        <div role="status">
          <p>
            {texts.masking.found(preview.matches.length, format.integer(preview.matches.length))}{' '}
            {rules.map((rule) => (
              <span key={rule} class="tag">
                {rule}
              </span>
            ))}
          </p>
          <pre class="masking-result">{preview.masked}</pre>
        </div>
      )}
    </section>
  );
}
