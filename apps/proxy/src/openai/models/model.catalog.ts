import { type ClaudeModel, type ClaudeModels, lifecycleOf } from '@claude-proxy/claude-models';
import { ConfigError } from '../../config/read-config.js';
import type { GatewayError } from '../../exchange/gateway-error.js';
import { unknownModel } from '../refusals.js';

/** How tools for several vendors spell the vendor. */
const VENDOR = /^anthropic\//;

/** The models that a request can name here: by the names of Claude, by short names, and by the operator's aliases. */
export class ModelCatalog {
  private readonly aliases: ReadonlyMap<string, ClaudeModel>;

  /** @throws ConfigError naming the alias of a model that is not known */
  constructor(
    private readonly models: ClaudeModels,
    aliases: Readonly<Record<string, string>>,
  ) {
    this.aliases = new Map(Object.entries(aliases).map(([alias, name]) => [alias, this.ofAlias(alias, name)]));
  }

  /** Every id with its model, the operator's aliases last. Limited and retired models are known, but not listed. */
  listed(nowMs: number): readonly (readonly [id: string, model: ClaudeModel])[] {
    const listed = this.models.rows.filter((model) => !model.isLimited && lifecycleOf(model, nowMs) !== 'retired');
    return [...listed.map((model) => [model.id, model] as const), ...this.aliases];
  }

  /** Never a guess: a wrong model may cost fifty times as much. */
  find(name: string): ClaudeModel | undefined {
    return this.aliases.get(name) ?? this.ofClaude(name);
  }

  /** @throws GatewayError not_found_error */
  readonly modelOf = (name: string): ClaudeModel => {
    const model = this.find(name);
    if (!model) throw this.unknown(name);
    return model;
  };

  unknown(name: string): GatewayError {
    const names = this.listed(Date.now()).flatMap(([id, { id: modelId, shortName, aliases = [] }]) =>
      id === modelId ? [...(shortName ? [shortName] : []), ...aliases, id] : [id],
    );
    return unknownModel(name, names);
  }

  private ofClaude(name: string): ClaudeModel | undefined {
    const plain = name.replace(VENDOR, '');
    return this.models.named(plain) ?? this.models.withShortName(plain);
  }

  private ofAlias(alias: string, name: string): ClaudeModel {
    const model = this.ofClaude(name);
    if (model) return model;
    throw new ConfigError([
      `OPENAI_MODEL_ALIASES gives ${alias} the model "${name}", which is not known; MODELS_FILE can add it`,
    ]);
  }
}
