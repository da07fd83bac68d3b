/**
 * ETags: a hash of what is sent. The lag of an answer counts in whole seconds, so that a question that is repeated at once is answered by
 * 304, and an answer that is shown again is never more than a second older than it says.
 */
import { createHash } from "node:crypto";

export function etagOf(payload: string | Buffer): string {
  const counted = typeof payload === "string" ? payload.replace(/"lagMs":(\d+)\d{3}\b|"lagMs":\d{1,3}\b/, '"lagMs":$1') : payload;
  return `W/"${createHash("sha256").update(counted).digest("base64url").slice(0, 22)}"`;
}

/** RFC 9110, 13.1.2: weak comparison, a list, or `*`. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch.length > 1_000) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => opaque(tag) === opaque(etag));
}
