import { z } from 'zod';
import { isJsonObject, type JsonObject } from './json-object.js';

/**
 * A list whose check ends at its first faulty element. `z.array` describes the fault of each: a million wrong elements
 * would take seconds and gigabytes, and only the first fault is reported.
 */
export function listOf<Element extends z.ZodType>(element: Element, minimum = 0) {
  return z
    .array(z.unknown())
    .min(minimum)
    .transform((values, context) => {
      const checked: z.output<Element>[] = [];
      for (const [index, value] of values.entries()) {
        const { success, data, error } = element.safeParse(value);
        if (!success) return fault(context, index, error);
        checked.push(data as z.output<Element>);
      }
      return checked;
    });
}

/** An object of any members, as it is. `z.record` checks each key: 90,000 of them take more than a second. */
export const anyObject = z.custom<JsonObject>(isJsonObject, 'Invalid input: expected an object');

function fault(context: z.core.$RefinementCtx, place: PropertyKey, { issues: [issue] }: z.ZodError): never {
  context.issues.push({ ...issue, input: undefined, path: [place, ...(issue?.path ?? [])] } as z.core.$ZodRawIssue);
  return z.NEVER;
}
