import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { withMaskedKeys } from '../exchange/masked-keys.js';

/** Of many faults the first ones are named. */
const MAX_NAMED = 5;

/** Checks what handlers take as `@Body()` by the class of the argument. A member that the class does not have is a fault. */
export const VALIDATION = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  validationError: { target: false, value: false },
  exceptionFactory: (errors) =>
    new GatewayError({
      type: 'invalid_request_error',
      message: `The body is not valid: ${errors.flatMap(sentencesOf).slice(0, MAX_NAMED).join('; ')}.`,
    }),
});

/** A key may have slipped in as the name of an unknown member. */
function sentencesOf({ property, constraints = {}, children = [] }: ValidationError): string[] {
  if (constraints.whitelistValidation)
    return [`${JSON.stringify(withMaskedKeys(property).slice(0, 60))} is not a member of it`];
  // Decorators register from the bottom; the first one above a member says what it is.
  const first = Object.values(constraints).at(-1);
  return [...(first === undefined ? [] : [first]), ...children.flatMap(sentencesOf)];
}
