/** Literal HTTP/1.1 requests (RFC 9112): without a cookie, a login or a redirect that would be followed. */
import type { Request } from "../checker.ts";
import { parseResponse } from "./response.ts";

/** Ours, with where to complain. */
const userAgent = "vitrine-guard (checks of the owner's own stores)";

export function httpRequest(options: {
  readonly method: "GET" | "HEAD" | "POST";
  /** Path and query, percent-encoded. */
  readonly path: string;
  /** As the Host header says it. */
  readonly authority: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly limit?: number;
}): Request {
  const { method, path, authority, headers = {}, limit = 2_048 } = options;
  const own = { host: authority, "user-agent": userAgent, accept: "application/json, */*;q=0.1", connection: "close", ...headers };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
  const length = method === "POST" ? ["content-length: 0"] : [];
  return {
    bytes: Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, ...length, "", ""].join("\r\n"), "latin1"),
    limit,
    isWhole: (prefix) => parseResponse(prefix, method === "HEAD").isWhole,
  };
}
