import { useSettings } from '../texts/settings.js';
import { colourOfUpstream, nameOfUpstream } from '../upstreams.js';

export function UpstreamChip({ name }: { readonly name: string | null }) {
  const { texts } = useSettings();
  return (
    <span class="chip">
      <Dot upstream={name} />
      {nameOfUpstream(name, texts)}
    </span>
  );
}

function Dot({ upstream }: { readonly upstream: string | null }) {
  return <i class={`dot of-${colourOfUpstream(upstream)}`} aria-hidden="true" />;
}
