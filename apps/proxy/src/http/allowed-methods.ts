import type { FastifyInstance } from 'fastify';

/** Lists the methods of a path, so that a wrong method gets 405 and an unknown path 404. */
export class AllowedMethods {
  private readonly routes: { readonly method: string; readonly pattern: RegExp }[] = [];

  /** Call before any route is added. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      const pattern = new RegExp(
        `^${url
          .replace(/[.+?^$()|[\]\\{}]/g, '\\$&')
          .replace(/:\w+/g, '[^/]+')
          .replace(/\*/g, '.*')}$`,
      );
      for (const each of [method].flat()) this.routes.push({ method: each, pattern });
    });
  }

  of(url: string): string[] {
    const [path = ''] = url.split('?');
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  }
}
