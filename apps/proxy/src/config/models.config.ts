import { text } from './kinds.js';
import { type ConfigOf, section, setting } from './section.js';

export const modelsSection = section('models', 'The models that the gateway knows.', {
  modelsFile: setting(
    'MODELS_FILE',
    text,
    'JSON file with a list of models: a row with a new `id` adds a model, a row with a known `id` changes the members that it names. See [operations](operations.md#a-model-that-the-gateway-does-not-know).',
  ),
});

export type ModelsConfig = ConfigOf<typeof modelsSection>;
