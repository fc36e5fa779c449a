import type { PriceReport } from '@claude-proxy/admin-api';
import { Get } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { CostService } from '../prices/cost.service.js';
import { priceReport } from './price-report.js';

/** The price list in force. */
@AdminController('api/prices')
@OpenToThisMachine()
export class PricesController {
  constructor(private readonly costs: CostService) {}

  @Get()
  @OpenTo('user')
  show(): PriceReport {
    return priceReport(this.costs.list);
  }
}
