import { MONEY_DIMENSIONS, type Money, type MoneyParameters } from '@claude-proxy/admin-api';
import { Get, Query } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { oneOf, parametersOf, wholeNumberOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { MoneyQuery } from './money.query.js';

const DEFAULT_DAYS = 30;
const MAX_DAYS = 90;

/** What was spent, by day. */
@AdminController('api/money')
@OpenToThisMachine()
export class MoneyController {
  constructor(private readonly money: MoneyQuery) {}

  @Get()
  show(@Query() query: MoneyParameters): Promise<Money> {
    const parameters = parametersOf(query);
    const days = wholeNumberOf(parameters, 'days', 1, MAX_DAYS) ?? DEFAULT_DAYS;
    const by = oneOf(parameters, 'by', MONEY_DIMENSIONS) ?? 'model';
    return this.money.of(days, by).catch(storeUnavailable);
  }
}
