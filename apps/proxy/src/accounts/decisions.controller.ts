import type { DecisionLine, DecisionQuestion } from '@claude-proxy/admin-api';
import { Body, HttpCode, Post } from '@nestjs/common';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { userIdOf } from '../auth/user-id.js';
import { decisionLineOf } from '../exchange/decision-line.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { AccountPool } from './account-pool.js';

const MODEL = { message: 'model is required: the id of a model' };
const SESSION = { message: 'session must be a text of 1 to 512 characters' };

class DecisionQuestionDto implements DecisionQuestion {
  @Matches(/^[\w.:@-]{1,100}$/, MODEL)
  model!: string;

  @IsOptional()
  @IsString({ message: 'user must be the id of a user' })
  user?: string;

  @IsOptional()
  @IsString(SESSION)
  @Length(1, 512, SESSION)
  session?: string;
}

/** What the pool would do with a request now. Nothing is sent, and nothing is changed. */
@AdminController('api/decisions')
export class DecisionsController {
  constructor(private readonly pool: AccountPool) {}

  @Post('explain')
  @HttpCode(200)
  @OpenTo('viewer')
  explain(@Body() { model, user, session }: DecisionQuestionDto): DecisionLine {
    const decision = this.pool.explain({ model, user: userIdOf(user), session });
    if (decision) return decisionLineOf(decision);
    throw new GatewayError({
      type: 'invalid_request_error',
      message: 'Nothing to explain: a choice needs at least two accounts in the pool. GET /api/accounts lists them.',
    });
  }
}
