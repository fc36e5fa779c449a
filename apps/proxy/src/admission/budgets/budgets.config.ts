import { z } from 'zod';
import { type Kind, oneOf, text, wholeNumber } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';
import { isTimeZone } from './budget-windows.js';

export const WHEN_OVER = /^(?:refuse|cheaper:[\w.-]{1,60})$/;

const whenOver: Kind<string> = {
  allowed: '`refuse`, or `cheaper:` and a part of a model name, such as `cheaper:haiku`',
  schema: z.string().regex(WHEN_OVER),
};

const timeZone: Kind<string> = {
  allowed: 'a time zone such as `Europe/Berlin`',
  schema: z.string().refine(isTimeZone),
};

const dollars: Kind<number> = {
  allowed: 'an amount over 0 in US dollars',
  schema: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(z.number().positive().max(1_000_000)),
};

export const budgetsSection = section(
  'budgets',
  'What callers may spend. The budgets themselves are set at `/api/budgets`.',
  {
    mode: setting(
      'BUDGET_MODE',
      oneOf('expected', 'strict'),
      '`expected` reserves what a request is expected to cost, so requests in flight can exceed a cap by what they cost more; `strict` reserves the most that a request can cost, and never exceeds a cap.',
      'expected',
    ),
    onStoreLoss: setting(
      'BUDGET_ON_STORE_LOSS',
      oneOf('open', 'closed'),
      'While the store is unreachable: `open` serves callers with a budget, and counts later; `closed` refuses them with 503, and all callers until the budgets have been read once. A budget can differ (`on_store_loss`).',
      'open',
    ),
    whenOver: setting(
      'WHEN_OVER',
      whenOver,
      'What happens at a cap: a refusal, or for another tenth of the cap a cheaper model, which the header `x-claude-proxy-budget` names.',
      'refuse',
    ),
    timeZone: setting(
      'BUDGET_TIME_ZONE',
      timeZone,
      'The zone in which days, weeks (from Monday) and months begin.',
      'UTC',
    ),
    fallbackUsdPerDay: setting(
      'FALLBACK_BUDGET_USD_PER_DAY',
      dollars,
      'The most that all callers together spend a day on AWS Bedrock and other upstreams of the operator. Beyond it these do not answer.',
    ),
    contact: setting(
      'BUDGET_CONTACT',
      text,
      'The contact that a refusal names for more budget.',
      'the operator of this gateway',
    ),
    patienceMs: setting(
      'BUDGET_PATIENCE_MS',
      wholeNumber(50, 60_000),
      'The longest wait for the store near a cap; then the store counts as unreachable.',
      '3000',
    ),
  },
);

export type BudgetsConfig = ConfigOf<typeof budgetsSection>;
