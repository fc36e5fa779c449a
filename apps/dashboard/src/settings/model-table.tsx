import type { KnownModel, PriceReport, PriceRow } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Loaded } from '../parts/load-state.js';
import { useSettings } from '../texts/settings.js';

const DAY_MS = 86_400_000;
const REFRESH_SECONDS = 3_600;
const PRICES = ['input', 'output', 'cache_write_5m', 'cache_read'] as const;

/** The models in force, with their prices at Anthropic and how old those are. */
export function ModelTable({ models }: { readonly models: readonly KnownModel[] }) {
  const { texts } = useSettings();
  const prices = usePolled('prices', REFRESH_SECONDS, (gateway, signal) => gateway.prices(signal));
  return (
    <section class="panel is-table" aria-labelledby="models">
      <h2 id="models">{texts.setup.models}</h2>
      <Loaded of={prices} lines={6}>
        {(report) => <Rows models={models} report={report} />}
      </Loaded>
    </section>
  );
}

function Rows({ models, report }: { readonly models: readonly KnownModel[]; readonly report: PriceReport }) {
  const { texts, format } = useSettings();
  const words = texts.setup;
  const ageDays = Math.max(0, Math.floor((Date.now() - Date.parse(report.date)) / DAY_MS));
  const rows = new Map(report.prices.filter(isPlain).map((row) => [row.model, row]));
  const usd = format.usdColumn([...rows.values()].map(({ output }) => output));
  return (
    <>
      <p class="table-lead">{words.pricesOf(report.date, ageDays)}</p>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{texts.users.model}</th>
            <th scope="col" class="middle-cell">
              {words.released}
            </th>
            <th scope="col" class="middle-cell">
              {words.retires}
            </th>
            <th scope="col" class="wide-cell">
              Bedrock
            </th>
            {PRICES.map((price) => (
              <th key={price} scope="col" class={price === 'cache_write_5m' ? 'number middle-cell' : 'number'}>
                {words.prices[price]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.model}>
              <th scope="row">
                <span class="clip" title={model.name}>
                  {model.model}
                </span>
              </th>
              <td class="middle-cell">{model.released}</td>
              <td class="middle-cell">
                {model.retires ?? texts.unit.none}
                {model.retires && model.successor && <span class="sub"> → {model.successor}</span>}
              </td>
              <td class="wide-cell">{model.is_on_bedrock ? words.yes : texts.unit.none}</td>
              {PRICES.map((price) => (
                <td key={price} class={price === 'cache_write_5m' ? 'number middle-cell' : 'number'}>
                  {rows.has(model.model) ? usd(rows.get(model.model)![price]) : texts.unit.none}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** At Anthropic, for requests of any usual size. */
function isPlain({ upstream, above_input_tokens }: PriceRow): boolean {
  return upstream === 'anthropic' && above_input_tokens === null;
}
