import type { AuditPage, PageQuery } from '@claude-proxy/admin-api';
import { Get, Query } from '@nestjs/common';
import { storeUnavailable } from '../state/store-unavailable.js';
import { AdminController } from './admin-controller.decorator.js';
import { AUDIT_CURSOR, AuditLog } from './audit.log.js';
import { invalidParameter, parametersOf, wholeNumberOf } from './query-parameters.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** Changes by operators, newest first. */
@AdminController('api/audit')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  page(@Query() query: PageQuery): Promise<AuditPage> {
    const parameters = parametersOf(query);
    const limit = wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const { cursor } = parameters;
    if (cursor !== undefined && !AUDIT_CURSOR.test(cursor))
      throw invalidParameter('cursor', cursor, 'the next_cursor of a page');
    return this.audit.page(limit, cursor).catch(storeUnavailable);
  }
}
