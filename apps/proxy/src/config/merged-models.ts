import { type BedrockModel, type ClaudeModel, type ClaudeModels, namesOf } from '@claude-proxy/claude-models';
import { CAPABILITIES, type ModelRow, type PlacedRow } from './model-row.js';

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;

/** The models of both, newest first; a row of the file changes the built-in row of the same id. */
export function mergedModels(rows: readonly PlacedRow[], builtIn: ClaudeModels, faults: string[]): ClaudeModel[] {
  const own = rows.map((placed) => modelOf(placed, builtIn, faults));
  const ids = new Set(own.map(({ id }) => id));
  const all = [...own, ...builtIn.rows.filter(({ id }) => !ids.has(id))];
  if (faults.length > 0) return all;
  faults.push(...sharedNames(rows, all), ...unknownSuccessors(rows, all));
  return all.sort((one, other) => other.released.localeCompare(one.released));
}

function modelOf({ place, row }: PlacedRow, builtIn: ClaudeModels, faults: string[]): ClaudeModel {
  const { like, ...own } = row;
  const fault = (text: string) => faults.push(`${place}: ${text}`);
  const replaced = builtIn.rows.find(({ id }) => id === row.id);
  const similar = like === undefined ? replaced : builtIn.named(like);
  if (like !== undefined && !similar) fault(`like is "${like}"; allowed: the id of a built-in model`);
  const model = {
    ...(replaced ?? { displayName: row.id }),
    ...capabilitiesOf(similar),
    ...own,
    // Steps belong to the prices that they step from.
    ...(own.prices && { priceSteps: own.priceSteps }),
    ...(own.efforts && { efforts: EFFORTS.filter((effort) => own.efforts?.includes(effort)) }),
    ...(own.bedrock && { bedrock: { ...bedrockTraitsOf(similar?.bedrock), ...own.bedrock } }),
  };
  if (!('released' in model)) fault('released is missing; allowed: a day such as "2026-12-01"');
  const missing = CAPABILITIES.filter((member) => !(member in model));
  if (missing.length > 0 && (like === undefined || similar)) {
    fault(`missing: ${missing.join(', ')}; add them, or name in "like" a built-in model with the same capabilities`);
  }
  for (const text of faultsInTime(model)) fault(text);
  return model as ClaudeModel;
}

function capabilitiesOf(model: ClaudeModel | undefined): Partial<ClaudeModel> {
  if (!model) return {};
  const { hasFastMode = false } = model;
  return { ...Object.fromEntries(CAPABILITIES.map((member) => [member, model[member]])), hasFastMode };
}

/** What models of one generation share; ids and places are each model's own. */
function bedrockTraitsOf(model: BedrockModel | undefined): Partial<BedrockModel> {
  if (!model) return {};
  const { baseId: _id, geographies: _geographies, hasGlobal: _hasGlobal, ...traits } = model;
  return traits;
}

function faultsInTime(model: Partial<ClaudeModel>): string[] {
  const days = (['released', 'deprecated', 'retires'] as const).flatMap((member) => {
    const day = model[member];
    return day ? [{ member, day }] : [];
  });
  return days.slice(1).flatMap(({ member, day }, index) => {
    const before = days[index]!;
    return day < before.day ? [`${member} is "${day}"; allowed: from ${before.member} (${before.day}) on`] : [];
  });
}

/** A name that belongs to two models would name either. */
function sharedNames(rows: readonly PlacedRow[], models: readonly ClaudeModel[]): string[] {
  const owners = new Map<string, string[]>();
  for (const model of models) {
    for (const { name } of membersWithNames(model)) owners.set(name, [...(owners.get(name) ?? []), model.id]);
  }
  return rows.flatMap(({ place, row }) =>
    membersWithNames(row).flatMap(({ member, name }) => {
      const [first = '', ...others] = owners.get(name)!;
      if (others.length === 0) return [];
      const other = [first, ...others].find((id) => id !== row.id);
      return [
        `${place}: ${member} is "${name}", which ${other ? `${other} has` : 'the list has twice'}; allowed: a name that no other model has`,
      ];
    }),
  );
}

function membersWithNames(
  model: Pick<ModelRow, 'id'> & Partial<Pick<ClaudeModel, 'aliases' | 'shortName' | 'bedrock'>>,
) {
  const { id, aliases = [], shortName, bedrock } = model;
  return [
    { member: 'id', name: id },
    ...aliases.map((name, index) => ({ member: `aliases[${index}]`, name })),
    ...(shortName === undefined ? [] : [{ member: 'shortName', name: shortName }]),
    ...(bedrock ? [{ member: 'bedrock.baseId', name: bedrock.baseId }] : []),
  ];
}

function unknownSuccessors(rows: readonly PlacedRow[], models: readonly ClaudeModel[]): string[] {
  const names = new Set(models.flatMap(namesOf));
  return rows.flatMap(({ place, row: { successor } }) =>
    successor === undefined || names.has(successor)
      ? []
      : [`${place}: successor is "${successor}"; allowed: the name of a model of the list`],
  );
}
