/** The baseline: the cost of a minimal relay on node:http and undici. Settings: `PORT`, `UPSTREAM`. */
import { createServer } from 'node:http';
import { Agent } from 'undici';

const DROPPED = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);
const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: 90_000, bodyTimeout: 0 });
const origin = process.env.UPSTREAM;

createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const { method, url: path } = request;
    agent.dispatch({ origin, path, method, headers: kept(request.rawHeaders), body }, new Relay(response));
  });
}).listen(Number(process.env.PORT), '127.0.0.1', 1_024);

function kept(lines) {
  const headers = [];
  for (let index = 0; index < lines.length; index += 2) {
    if (!DROPPED.has(lines[index].toLowerCase())) headers.push(lines[index], lines[index + 1]);
  }
  return headers;
}

class Relay {
  constructor(response) {
    this.response = response;
  }

  onRequestStart(controller) {
    this.response.on('drain', () => controller.resume());
    this.response.once('close', () => this.response.writableFinished || controller.abort(new Error('left')));
  }

  onResponseStart(controller, status) {
    const lines = controller.rawHeaders.map((part) => part.toString('latin1'));
    this.response.writeHead(
      status,
      lines.filter((_, index) => !/^(connection|keep-alive|transfer-encoding)$/i.test(lines[index - (index % 2)])),
    );
  }

  onResponseData(controller, chunk) {
    if (!this.response.write(chunk)) controller.pause();
  }

  onResponseEnd() {
    this.response.end();
  }

  onResponseError(_controller, error) {
    this.response.destroy(error);
  }
}
