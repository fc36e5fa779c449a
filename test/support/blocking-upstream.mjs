import { Module } from '@nestjs/common';

/** Holds the event loop for as long as the model's name says: `block-0`, `block-60000`. */
class BlockingUpstream {
  accepts({ model }) {
    const untilMs = performance.now() + Number(model.split('-')[1]);
    while (performance.now() < untilMs);
    return { accepted: true };
  }

  async send() {
    return {
      status: 200,
      headers: ['content-type', 'application/json'],
      body: { pipe: (sink) => sink.end(), resume() {}, destroy() {} },
    };
  }
}
Reflect.defineMetadata('claude-proxy:upstream-name', 'blocking', BlockingUpstream);

export default class BlockingModule {}
Module({ providers: [BlockingUpstream] })(BlockingModule);
