/** Endpoints of OpenAI that this gateway does not serve. Their callers get 404 in OpenAI's form, with the reason. */
interface EndpointRule {
  readonly paths: readonly string[];
  readonly reason: string;
}

const STORED = 'nothing is stored here; send the whole input to /v1/responses or /v1/chat/completions';

const under = (...names: readonly string[]) => names.flatMap((name) => [`/v1/${name}`, `/v1/${name}/*`]);

export const ENDPOINT_RULES: readonly EndpointRule[] = [
  {
    paths: under('embeddings', 'engines'),
    reason: 'Claude has no embeddings; use a service for embeddings beside this gateway',
  },
  { paths: under('completions', 'edits'), reason: 'Claude has no completions of plain text; use /v1/chat/completions' },
  { paths: under('moderations'), reason: 'Claude has no moderation endpoint' },
  { paths: under('audio', 'realtime'), reason: 'Claude has no audio' },
  { paths: under('images', 'videos'), reason: 'Claude answers in text' },
  { paths: ['/v1/chat/completions/*', '/v1/responses/*'], reason: STORED },
  {
    paths: under('assistants', 'threads', 'conversations', 'vector_stores', 'containers', 'prompts', 'chatkit'),
    reason: STORED,
  },
  {
    paths: under('batches', 'uploads'),
    reason: 'batches and files of OpenAI are not available; those of Anthropic are',
  },
  { paths: under('fine_tuning', 'evals', 'graders'), reason: 'models of Anthropic cannot be trained here' },
];

export function reasonFor(path: string): string {
  const rule = ENDPOINT_RULES.find(({ paths }) =>
    paths.some((each) => (each.endsWith('/*') ? path.startsWith(each.slice(0, -1)) : path === each)),
  );
  return rule?.reason ?? STORED;
}
