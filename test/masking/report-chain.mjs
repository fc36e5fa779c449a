import { request } from 'node:http';
import { answer } from '../../dist/libs/simulator/src/index.js';

const ROLE = 'arn:aws:iam::204813579264:role/ci-deployer';
/** A base URL that ends in `/v1`, to which a client appends `/v1/messages`; and a user in the path. */
const PATHS = ['/v1/messages', '/v1/v1/messages', '/user/alice/v1/messages', '/user/alice/v1/v1/messages'];

/**
 * The chain of a company network, forward and back: the upstream gets placeholders, the client originals.
 *
 * @param entrances by name, the URL that a client is given
 * @returns how many ways failed
 */
export async function reportChain({ say, anthropic, entrances, bodyOf, headers }) {
  say('## Chain\n');
  let failed = 0;
  for (const [name, url] of Object.entries(entrances)) {
    for (const path of PATHS) {
      for (const hasProxy of [false, true]) {
        const fault = await faultOf({ anthropic, url: new URL(path, url), hasProxy, bodyOf, headers });
        if (fault) failed += 1;
        say(`- ${name}${hasProxy ? ' as HTTP_PROXY' : ''}, ${path}: ${fault ?? 'ok'}`);
      }
    }
  }
  return failed;
}

async function faultOf({ anthropic, url, hasProxy, bodyOf, headers }) {
  anthropic.reset();
  anthropic.setDefault(({ json }) => answer({ text: json.messages[0].content }));
  const { status, text } = await post(url, hasProxy, headers, bodyOf(`use ${ROLE}`));
  const sent = anthropic.requests.map(({ body }) => String(body)).join('');
  anthropic.reset();
  if (status !== 200) return `status ${status}: ${text.slice(0, 200)}`;
  if (sent === '' || /204813579264|ci-deployer/.test(sent)) return `the upstream got ${sent || 'nothing'}`;
  return text.includes(ROLE) ? undefined : `not restored: ${text.slice(0, 200)}`;
}

/** With `HTTP_PROXY`, clients such as curl send the whole URL in the first line of a request. */
function post(url, hasProxy, headers, body) {
  const path = hasProxy ? url.href : url.pathname;
  return new Promise((resolve, reject) => {
    const sent = request({ host: url.hostname, port: url.port, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.once('error', reject).end(body);
  });
}
