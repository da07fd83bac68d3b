/** Literal HTTP/1.1 requests (RFC 9112): without a cookie, a login or a redirect that would be followed. */
import type { Request } from "../checks/checker.ts";
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
  /** JSON; of a POST alone. */
  readonly body?: string;
}): Request {
  const { method, path, authority, headers = {}, limit = 2_048, body = "" } = options;
  const own = { host: authority, "user-agent": userAgent, accept: "application/json, */*;q=0.1", connection: "close", ...headers };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
  const bytes = Buffer.from(body, "utf8");
  const media = bytes.length > 0 ? ["content-type: application/json"] : [];
  const length = method === "POST" ? [...media, `content-length: ${bytes.length}`] : [];
  return {
    bytes: Buffer.concat([Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, ...length, "", ""].join("\r\n"), "latin1"), bytes]),
    limit,
    isWhole: (prefix) => parseResponse(prefix, method === "HEAD").isWhole,
  };
}
