import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

interface Operation {
  /** `Class_method` of the handler. */
  readonly operationId?: string;
}

/** `/api/hello` is a question of Claude Code. */
const ADMIN_PATHS = /^\/(?:api\/(?!hello$)|(?:v1\/usage|health|metrics|debug)(?:\/|$))/;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Paths of the admin API by method, as Nest has registered them. */
export function adminPathsOf(app: INestApplication): Record<string, Record<string, Operation>> {
  const options = { operationIdFactory: (controller: string, method: string) => `${controller}_${method}` };
  const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build(), options);
  const ours = Object.entries(paths).filter(([path]) => ADMIN_PATHS.test(path));
  return Object.fromEntries(ours.map(([path, item]) => [path, operationsIn(item)]));
}

function operationsIn(item: Partial<Record<(typeof METHODS)[number], Operation>>): Record<string, Operation> {
  return Object.fromEntries(METHODS.flatMap((method) => (item[method] ? [[method, item[method]]] : [])));
}
