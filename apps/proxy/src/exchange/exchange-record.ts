import type { RequestDetail } from '@claude-proxy/admin-api';

type Known<Facts> = { readonly [Name in keyof Facts]: NonNullable<Facts[Name]> | undefined };

/** The facts of a request under the names of the admin API, as the log and the request log have them. */
export interface ExchangeRecord extends Omit<Known<RequestDetail>, 'attempts'> {
  readonly attempts: readonly Known<RequestDetail['attempts'][number]>[];
}
