import { Inject, Injectable } from '@nestjs/common';
import { ConfigError } from '../../config/read-config.js';
import type { GatewayError } from '../../exchange/gateway-error.js';
import { type OpenAiConfig, openAiSection } from '../openai.config.js';
import { unknownModel } from '../refusals.js';
import { LISTED_MODELS, type ModelRow, modelNamed } from './model-table.js';

/** The models that can be asked for here, under our names and the operator's. */
@Injectable()
export class ModelCatalog {
  private readonly aliases: ReadonlyMap<string, ModelRow>;

  constructor(@Inject(openAiSection.token) { modelAliases }: OpenAiConfig) {
    this.aliases = new Map(Object.entries(modelAliases).map(([alias, name]) => [alias, knownModel(alias, name)]));
  }

  /** Every id with its model, the operator's aliases last. */
  get listed(): readonly (readonly [id: string, model: ModelRow])[] {
    return [...LISTED_MODELS.map((model) => [model.id, model] as const), ...this.aliases];
  }

  find(name: string): ModelRow | undefined {
    return this.aliases.get(name) ?? modelNamed(name);
  }

  /** @throws GatewayError not_found_error */
  readonly modelOf = (name: string): ModelRow => {
    const model = this.find(name);
    if (!model) throw this.unknown(name);
    return model;
  };

  unknown(name: string): GatewayError {
    return unknownModel(name, this.aliases.keys());
  }
}

function knownModel(alias: string, name: string): ModelRow {
  const model = modelNamed(name);
  if (!model) throw new ConfigError([`OPENAI_MODEL_ALIASES gives ${alias} the model "${name}", which is not known`]);
  return model;
}
