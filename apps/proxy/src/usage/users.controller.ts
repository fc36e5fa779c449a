import { USER_ORDERS, type UserPage, type UsersParameters } from '@claude-proxy/admin-api';
import { Get, Query } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { oneOf, parametersOf, wholeNumberOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { usageQuestionOf } from './usage.controller.js';
import { UsageQuery } from './usage.query.js';
import { userPage } from './user-pages.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** Usage of users, in pages. */
@AdminController('api/users')
@OpenToThisMachine()
export class UsersController {
  constructor(
    private readonly usage: UsageQuery,
    private readonly upstreams: UpstreamNames,
  ) {}

  /** The figures of `GET /v1/usage` by user, searched and sorted. */
  @Get()
  async page(@Query() query: UsersParameters): Promise<UserPage> {
    const parameters = parametersOf(query);
    const limit = wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const sort = oneOf(parameters, 'sort', USER_ORDERS) ?? 'user';
    const question = usageQuestionOf(parameters, this.upstreams.all);
    const { ofUsers } = await this.usage.sumsOf(question).catch(storeUnavailable);
    const part = parameters.q?.normalize('NFC').toLowerCase();
    const found = part === undefined ? ofUsers : ofUsers.filtered((user) => user.toLowerCase().includes(part));
    const users = Object.entries(found.toJSON()).map(([user, counts]) => ({ user, ...counts }));
    return {
      request_type: question.requestType,
      ...question.period,
      ...userPage(users, { sort, limit, cursor: parameters.cursor }),
      summary: { total_users: found.size, ...found.summary() },
    };
  }
}
