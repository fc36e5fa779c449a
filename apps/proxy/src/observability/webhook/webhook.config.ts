import { z } from 'zod';
import { type Kind, secret } from '../../config/kinds.js';
import { Secret } from '../../config/secret.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

/** Addresses of chat systems hold a secret in their path. */
const secretUrl: Kind<Secret> = {
  allowed: 'an http or https URL',
  schema: z.string().transform((value, context) => {
    if (/^https?:$/.test(URL.parse(value)?.protocol ?? '')) return new Secret(value);
    context.addIssue('not such a URL');
    return z.NEVER;
  }),
  isSecret: true,
};

export const webhookSection = section('webhook', 'Events for operators, sent to a URL.', {
  url: setting('WEBHOOK_URL', secretUrl, 'Gets a POST with JSON for each event. Redirects are not followed.'),
  secret: setting(
    'WEBHOOK_SECRET',
    secret,
    'Signs each POST, so that the receiver can tell it from others ([webhook](webhook.md)).',
  ),
});

export type WebhookConfig = ConfigOf<typeof webhookSection>;
