import type { Budget, BudgetCaps, BudgetOrder } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { ActionForm } from './action-form.js';

const WINDOWS = ['day', 'week', 'month'] as const;
/** Parts of names of models that a budget can fall to. Others are set by the API. */
const CHEAPER = ['haiku', 'sonnet'] as const;

const LOSSES = ['open', 'closed'] as const;
type Loss = (typeof LOSSES)[number];

interface BudgetFormProps {
  /** The budget that is changed; undefined for a new one. */
  readonly budget: Budget | undefined;
  onSet(scope: string, order: BudgetOrder): Promise<boolean>;
}

/** Caps in dollars and tokens, and what happens at a cap. */
export function BudgetForm({ budget, onSet }: BudgetFormProps) {
  const { access } = useSettings().texts;
  return (
    <ActionForm submit={access.set} onSubmit={(text) => onSet(text('scope'), orderIn(text))}>
      <label class="field">
        <span>{access.scope}</span>
        <input
          type="text"
          name="scope"
          required
          placeholder="user:alice"
          title={access.scopeHint}
          spellcheck={false}
          defaultValue={budget?.scope}
          readOnly={budget !== undefined}
        />
      </label>
      <Caps name="usd" label={access.dollars} step={0.01} caps={budget?.usd} />
      <Caps name="tokens" label={access.tokenCap} step={1} caps={budget?.tokens} />
      <WhenOver chosen={budget?.when_over ?? null} />
      <OnStoreLoss chosen={budget?.on_store_loss ?? null} />
      <label class="option">
        <input type="checkbox" name="bedrock" defaultChecked={budget?.bedrock_only} />
        {access.bedrockOnly}
      </label>
    </ActionForm>
  );
}

interface CapsProps {
  readonly name: 'usd' | 'tokens';
  readonly label: string;
  readonly step: number;
  readonly caps: BudgetCaps | undefined;
}

function Caps({ name, label, step, caps }: CapsProps) {
  const { texts } = useSettings();
  return (
    <>
      {WINDOWS.map((window) => (
        <label class="field is-short" key={window}>
          <span>
            {label} {texts.access.windows[window]}
          </span>
          <input type="number" name={`${name} ${window}`} min={step} step={step} defaultValue={caps?.[window]} />
        </label>
      ))}
    </>
  );
}

function WhenOver({ chosen }: { readonly chosen: string | null }) {
  const { texts } = useSettings();
  const { access } = texts;
  const cheaper = CHEAPER.map((part) => `cheaper:${part}`);
  const isOther = chosen !== null && chosen !== 'refuse' && !cheaper.includes(chosen);
  return (
    <label class="field">
      <span>{access.whenOver}</span>
      <select name="when_over" defaultValue={chosen ?? ''}>
        <option value="">{access.asSet}</option>
        <option value="refuse">{access.refuse}</option>
        {[...cheaper, ...(isOther ? [chosen] : [])].map((value) => (
          <option key={value} value={value} selected={value === chosen}>
            {access.cheaper(value.slice('cheaper:'.length))}
          </option>
        ))}
      </select>
    </label>
  );
}

function OnStoreLoss({ chosen }: { readonly chosen: Loss | null }) {
  const { access } = useSettings().texts;
  return (
    <label class="field">
      <span>{access.onStoreLoss}</span>
      <select name="on_store_loss">
        <option value="">{access.lossAsSet}</option>
        {LOSSES.map((value) => (
          <option key={value} value={value} selected={value === chosen}>
            {access.losses[value]}
          </option>
        ))}
      </select>
    </label>
  );
}

function orderIn(text: (name: string) => string): BudgetOrder {
  const capsOf = (name: string): BudgetCaps =>
    Object.fromEntries(
      WINDOWS.flatMap((window) => {
        const amount = text(`${name} ${window}`);
        return amount ? [[window, Number(amount)] as const] : [];
      }),
    );
  return {
    usd: capsOf('usd'),
    tokens: capsOf('tokens'),
    when_over: text('when_over') || null,
    bedrock_only: text('bedrock') !== '',
    on_store_loss: LOSSES.find((loss) => loss === text('on_store_loss')) ?? null,
  };
}
