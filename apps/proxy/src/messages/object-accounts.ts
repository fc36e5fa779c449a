import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { ObjectMakers } from './object-makers.js';

/**
 * Batches, files and skills that were made with an account of the operator belong to its workspace. Requests that name
 * them go there, and nowhere else; a user's new objects are made, and listed, at one account.
 */
@Injectable()
export class ObjectAccounts {
  constructor(
    private readonly makers: ObjectMakers,
    private readonly operators: OperatorCredentials,
  ) {}

  /**
   * The caller with the credential for an object, or for all objects of its user.
   *
   * @throws GatewayError conflict_error if the workspace of the object cannot be used now
   */
  async place(caller: Caller, id: string | undefined): Promise<Caller> {
    const { source } = this.operators;
    if (!source || caller.credential?.source !== 'operator') return caller;
    const accountId = id === undefined ? undefined : await this.makers.accountOf(id).catch(storeUnavailable);
    const chosen = source.objectCredential(caller.user, accountId);
    if (!chosen) return caller;
    if ('refusal' in chosen) throw outOfReach(chosen.refusal);
    caller.exchange.askedWith(source.nameOf(chosen.credential), chosen.credential);
    return { ...caller, credential: chosen.credential };
  }

  /** The id of the account that this caller is served with. */
  idOf({ credential }: Caller): string | undefined {
    return credential && this.operators.source?.idOf(credential);
  }

  /**
   * The account whose workspace owns the objects that a request names; undefined if none of them was made with an account.
   *
   * @throws GatewayError conflict_error for objects of two workspaces
   */
  async ownerOf(ids: readonly string[]): Promise<string | undefined> {
    const { source } = this.operators;
    if (!source || ids.length === 0) return undefined;
    const found = await Promise.all(ids.map((id) => this.makers.accountOf(id))).catch(storeUnavailable);
    const accounts = [...new Set(found.filter((account) => account !== undefined))];
    if (accounts.length > 1 && !source.isSameWorkspace(accounts)) {
      throw new GatewayError({
        type: 'conflict_error',
        message: 'The request names files or skills of two workspaces. Upload them again, so that they are in one.',
        isWorthRetrying: false,
      });
    }
    return accounts[0];
  }
}

function outOfReach(reason: string): GatewayError {
  return new GatewayError({
    type: 'conflict_error',
    message: `The object belongs to the workspace of an account that cannot be used now: ${reason}.`,
    isWorthRetrying: false,
  });
}
