import { applyDecorators, Controller, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { JsonBodyInterceptor } from '../http/json-body.interceptor.js';
import { VALIDATION } from '../http/validation.pipe.js';
import { AdminGuard } from './admin.guard.js';

/**
 * A controller of the admin API. All handlers are for operators, unless marked as open to this machine. `@Body()` takes
 * JSON, checked by the class of the argument; it is read after the guard.
 */
export function AdminController(path?: string): ClassDecorator {
  return applyDecorators(path === undefined ? Controller() : Controller(path), UseGuards(AdminGuard), WithJsonBody());
}

/** For the only controller that is open without a sign-in. */
export function WithJsonBody(): ClassDecorator {
  return applyDecorators(UseInterceptors(JsonBodyInterceptor), UsePipes(VALIDATION));
}
