import type { FastifyInstance } from 'fastify';

/** Knows which methods a path has, so that a wrong one is told from an unknown path. */
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
