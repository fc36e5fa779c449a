import { ClaudeModels } from '@claude-proxy/claude-models';
import type { JsonObject } from '../json-object.js';
import { ModelCatalog } from '../models/model.catalog.js';
import { type Form, openAiToAnthropic } from '../openai-to-anthropic.js';

const catalog = new ModelCatalog(new ClaudeModels(), {});

/** A body of a form that has all it needs, with more members; translated as the gateway does by default. */
export function translated(form: Form, members: JsonObject = {}, hasAutoCache = true) {
  const content = form === 'chat' ? { messages: [{ role: 'user', content: 'hello' }] } : { input: 'hello' };
  const given = { model: 'claude-opus-5-5', ...content, ...members };
  const { json, ...others } = openAiToAnthropic(form, given, { modelOf: catalog.modelOf, hasAutoCache });
  return { ...others, body: JSON.parse(json) as JsonObject, json };
}
