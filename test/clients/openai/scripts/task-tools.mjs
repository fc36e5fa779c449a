import { execSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** The tools of a small agent, for clients that are libraries. */
export const read = ({ path }) => readFileSync(path, 'utf8');
export const write = ({ path, content }) => {
  writeFileSync(path, content);
  return 'written';
};
export const run = ({ command }) => execSync(command, { encoding: 'utf8' });
export const { BASE_URL: baseURL, API_KEY: apiKey, MODEL: model, PROMPT: prompt } = process.env;
export const say = (text) => process.stdout.write(`${text}\n`);
