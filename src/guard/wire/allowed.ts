/** What may be sent: the checker's list, as it was when the conversation began. Nothing else leaves this machine. */
import { assert } from "../../lib/assert.ts";
import type { Request, Requests } from "../checks/checker.ts";

/** An answer is never read further than this, whatever a checker asks for. */
const limitMax = 65_536;

/** A copy: who holds the checker's own arrays cannot change what is sent. */
export function allowedOf(requests: Requests): ReadonlyMap<string, Request> {
  return new Map(
    Object.entries(requests).map(([name, { bytes, limit, isWhole, over, made }]) => {
      assert(Number.isInteger(limit) && limit >= 0 && limit <= limitMax, "every answer has a limit");
      return [name, { bytes: Uint8Array.from(bytes), limit, isWhole, ...(over && { over }), ...(made && { made }) }];
    }),
  );
}

export function mustBeAllowed(allowed: ReadonlyMap<string, Request>, name: string): Request {
  const request = allowed.get(name);
  assert(request !== undefined, "only what is listed is sent");
  return request;
}
