import type { ClaudeModel } from './claude-model.js';
import { MODELS } from './models.js';

/** A list of models, found by their names. */
export class ClaudeModels {
  private readonly byName: ReadonlyMap<string, ClaudeModel>;
  private readonly byShortName: ReadonlyMap<string, ClaudeModel>;
  private readonly byBedrockId: ReadonlyMap<string, ClaudeModel>;

  /** `rows` are newest first. */
  constructor(readonly rows: readonly ClaudeModel[] = MODELS) {
    this.byName = new Map(rows.flatMap((model) => namesOf(model).map((name) => [name, model] as const)));
    this.byShortName = mapBy(rows, ({ shortName }) => shortName);
    this.byBedrockId = mapBy(rows, ({ bedrock }) => bedrock?.baseId);
  }

  /** The model of exactly this id or alias; never a guess by prefix. */
  named(name: string): ClaudeModel | undefined {
    return this.byName.get(name);
  }

  withShortName(shortName: string): ClaudeModel | undefined {
    return this.byShortName.get(shortName);
  }

  /** By the id on AWS Bedrock, without the prefix of an inference profile. */
  withBedrockId(baseId: string): ClaudeModel | undefined {
    return this.byBedrockId.get(baseId);
  }
}

/** The names of a model at the Claude API. */
export function namesOf({ id, aliases = [] }: ClaudeModel): readonly string[] {
  return [id, ...aliases];
}

function mapBy(rows: readonly ClaudeModel[], key: (model: ClaudeModel) => string | undefined) {
  return new Map(
    rows.flatMap((model) => {
      const name = key(model);
      return name === undefined ? [] : [[name, model] as const];
    }),
  );
}
