import { errorInside200, html, overloaded, redirect, resetBeforeHeaders, silence } from '@claude-proxy/simulator';
import { ask } from '../scene.js';
import { newUser, observe, scene, type Theme } from './fault-scene.js';

/** A closed port. */
const NOWHERE = 'http://127.0.0.1:1';

export const REFUSED_CONNECTION: Theme = {
  title: 'Anthropic is unreachable',
  // By default Bedrock serves only callers that Anthropic has accepted, and here it accepts none.
  environment: { ANTHROPIC_UPSTREAM_URL: NOWHERE, FALLBACK_FOR: 'anyone' },
  scenes: [
    {
      title: 'the connection is refused',
      expected: 'Bedrock answers',
      play: async (stage) => observe(ask(stage, { isStream: true, user: newUser() })),
    },
  ],
};

export const UNKNOWN_CREDENTIAL: Theme = {
  title: 'A credential that Anthropic has never accepted',
  environment: { ANTHROPIC_UPSTREAM_URL: NOWHERE },
  scenes: [
    {
      title: 'the connection is refused',
      expected: 'reported as an error',
      play: async (stage) => observe(ask(stage, { isStream: true, user: newUser() })),
    },
  ],
};

export const BEFORE_AN_ANSWER: Theme = {
  title: 'Before Anthropic has answered',
  scenes: [
    scene('it is overloaded (529)', 'Bedrock answers', { anthropic: [overloaded()] }),
    scene('a 200 begins with overloaded_error', 'Bedrock answers', { anthropic: [errorInside200('overloaded_error')] }),
    scene('a proxy in between returns 502 in HTML', 'Bedrock answers', { anthropic: [html(502)] }),
    scene('a redirect, which is never followed', 'Bedrock answers', { anthropic: [redirect(`${NOWHERE}/`)] }),
    scene('a kept-alive connection was just closed', 'Anthropic answers', { anthropic: [resetBeforeHeaders()] }),
    scene('the fresh connection is reset as well', 'Bedrock answers', {
      anthropic: [resetBeforeHeaders(), resetBeforeHeaders()],
    }),
    scene('silence before the headers', 'Anthropic answers', { anthropic: [silence({ ms: 2_400 })], pings: 2 }),
    scene('silence, and then a reset', 'Bedrock answers', {
      anthropic: [resetBeforeHeaders({ latencyMs: 1_200 }), resetBeforeHeaders()],
      pings: 1,
    }),
  ],
};
