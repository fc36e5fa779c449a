/** What Claude refuses in a translated body, and what the translation does about it before the body leaves. */
export interface FinalRule {
  readonly refused: string;
  readonly instead: string;
}

export const FINAL_RULES: readonly FinalRule[] = [
  { refused: 'a text of white space alone', instead: 'left out; a turn of nothing else, too' },
  {
    refused: 'a call without its result behind it',
    instead: 'the result is put there, or one that says it was interrupted',
  },
  { refused: 'a result without its call', instead: 'a text' },
  { refused: 'two results of one call', instead: 'the second one is left out' },
  {
    refused: 'the same id for two calls, or one with other characters than letters, digits, `_`, `-`',
    instead: 'numbered and rewritten',
  },
  { refused: 'arguments of a call that are not a JSON object', instead: '`{"INVALID_JSON": "…"}`' },
  { refused: 'a first turn of Claude', instead: 'a turn of the user before it' },
  { refused: 'a last turn of Claude (4.6 and later)', instead: '`Continue.` behind it' },
  { refused: 'calls in the history without any tool', instead: 'their definitions, and `tool_choice` none' },
  { refused: 'images and files in a turn of Claude', instead: 'left out' },
  { refused: 'thinking without its signature, or without anything behind it', instead: 'left out' },
  {
    refused: 'the same name for two tools, or one with other characters or beyond 128',
    instead: 'rewritten, and restored in the answer',
  },
  {
    refused: 'a choice of several schemas at the top of a tool’s schema; older dialects of JSON Schema',
    instead: 'rewritten',
  },
  { refused: 'keywords in a strict schema', instead: 'in its description' },
  {
    refused: 'more than 20 strict tools, 24 optional parameters, 16 parameters of several types; recursion',
    instead: 'offered without being strict; a schema of the answer becomes an instruction',
  },
  {
    refused: 'more than 4 breakpoints, or an hour behind five minutes',
    instead: 'tools, system and the last ones; five minutes',
  },
  {
    refused: 'sampling, thinking or a forced tool that the model does not take',
    instead: 'left out, by the row of the model',
  },
  { refused: 'an image whose bytes are of another type than it says', instead: 'the type of its bytes' },
];
