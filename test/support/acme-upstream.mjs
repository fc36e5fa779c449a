import { Module } from '@nestjs/common';

const message = JSON.stringify({ type: 'message', content: [{ type: 'text', text: 'Hello from Acme.' }] });

function say(sink) {
  sink.write(Buffer.from(message));
  sink.end();
}

class AcmeUpstream {
  accepts() {
    return { accepted: true };
  }

  async send() {
    return {
      status: 200,
      headers: ['content-type', 'application/json'],
      body: { pipe: say, resume() {}, destroy() {} },
    };
  }
}
Reflect.defineMetadata('claude-proxy:upstream-name', 'acme-by-name', AcmeUpstream);

export default class AcmeModule {}
Module({ providers: [AcmeUpstream] })(AcmeModule);
