import {
  type AccountVerdict,
  type AnswerHead,
  type Credential,
  type HeaderLines,
  headersWhere,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import type { OperatorCredentials } from '../../exchange/operator-credentials.js';
import type { LimitScopes } from './limit-scopes.js';
import { accountHeadersIn, isOfAccount } from './rate-windows.js';

/** Limits of token counting are its own, so they say nothing about messages. */
const OF_MESSAGES_ALONE = new Set<AccountVerdict['fault']>(['cooling', 'slowed']);

/**
 * Answers to the operator's accounts: the pool learns from their headers, and the client does not see them. Answers to a
 * client's own credential stay as they are.
 */
export class PooledAnswers {
  constructor(
    private readonly operators: OperatorCredentials,
    private readonly scopes: LimitScopes,
  ) {}

  /** The headers for the client. */
  headersFor(
    { headers }: Pick<AnswerHead, 'headers'>,
    credential: Credential,
    request?: UpstreamRequest,
    verdict?: AccountVerdict,
  ): HeaderLines {
    const { source } = this.operators;
    if (credential.source !== 'operator' || !source) return headers;
    const isMessages = request?.operation === 'messages';
    const counts = verdict && (isMessages || !OF_MESSAGES_ALONE.has(verdict.fault));
    const { windows, ...owners } = accountHeadersIn(headers);
    source.learn(credential, {
      ...owners,
      ...(request && { group: this.scopes.bucketOf(request), model: request.model }),
      windows: isMessages ? windows : [],
      ...(counts && { verdict }),
    });
    return source.nameOf(credential) === undefined ? headers : headersWhere(headers, (name) => !isOfAccount(name));
  }
}
