import { readFile } from 'node:fs/promises';
import { Get, Header } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { OpenToThisMachine } from '../auth/this-machine.js';

/** In `docs`, beside the sources as beside the compiled files. */
const DOCUMENT = new URL('../../../../docs/openapi.json', import.meta.url);

/** The OpenAPI document of the admin API. */
@AdminController('api/openapi.json')
@OpenToThisMachine()
export class OpenApiController {
  @Get()
  @OpenTo('user')
  @Header('content-type', 'application/json; charset=utf-8')
  show(): Promise<string> {
    return readFile(DOCUMENT, 'utf8');
  }
}
