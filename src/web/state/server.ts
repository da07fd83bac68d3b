/** The one way to the server: same origin, JSON, the session's cookie. Nothing is kept that was not asked for by the view. */
import type { ProblemReport, SessionReport } from "../../api/contract.ts";

export type Reply<T> =
  | { readonly tag: "ok"; readonly value: T }
  | { readonly tag: "refused"; readonly problem: ProblemReport }
  /** No answer: the server or the way to it is gone. */
  | { readonly tag: "away" };

const limitMs = 12_000;

export async function get<T>(path: string, signal?: AbortSignal): Promise<Reply<T>> {
  return send<T>(path, { signal });
}

export async function post<T>(path: string, body?: object): Promise<Reply<T>> {
  const headers = { "content-type": "application/json" };
  return send<T>(path, body === undefined ? { method: "POST" } : { method: "POST", body: JSON.stringify(body), headers });
}

async function send<T>(
  path: string,
  options: { method?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal | undefined },
): Promise<Reply<T>> {
  const { signal, ...rest } = options;
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(path, { ...rest, credentials: "same-origin", signal: signal ? AbortSignal.any([signal, limit]) : limit });
    const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
    if (!isJson) return response.ok ? { tag: "ok", value: undefined as T } : { tag: "away" }; // eslint-disable-line -- an end without a body
    const body: unknown = await response.json();
    // eslint-disable-next-line -- our own server's shapes, held there by a schema for every answer
    return response.ok ? { tag: "ok", value: withBounds(body) as T } : { tag: "refused", problem: body as ProblemReport };
  } catch {
    return { tag: "away" };
  }
}

/** What is told as below or above a step stands among the cells: a page shows both in the same places. */
function withBounds(body: unknown): unknown {
  if (typeof body !== "object" || body === null || !("cells" in body) || !("bounds" in body)) return body;
  const { cells, bounds } = body;
  return Array.isArray(cells) && Array.isArray(bounds) ? { ...body, cells: [cells, bounds].flat() } : body;
}

/** Takes the one-time code out of the address, before anything else can read it, and trades it for a session. */
export async function enter(location: Location, history: History): Promise<Reply<SessionReport>> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const code = fragment.get("code");
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  if (code !== null) {
    const traded = await post("/v1/session", { code });
    if (traded.tag === "away") return traded;
  }
  return get<SessionReport>("/v1/session");
}
