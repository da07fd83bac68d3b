/** Log-in and log-out of people. What writes is a POST by our own page; what comes back from the issuer is bound to its attempt. */
import { VitrineError } from "../../model/error.ts";
import type { SessionReport } from "../contract.ts";
import { isSecret, makeSecret, secretHash, sessionMs } from "../sessions.ts";
import type { SessionEntry } from "../sessions.ts";
import type { Role } from "../tokens.ts";
import { attemptCookie, readCookie, sessionCookie, setCookie } from "./cookies.ts";
import { refuseQuery } from "./query.ts";
import type { Asked, Reply, Route } from "./route.ts";
import { everyone, get, json, post } from "./route.ts";
import { sessionSchema } from "./schemas.ts";

const callbackPath = "/v1/login/oidc/callback";
/** The view's query only: a path would be a way to another place. */
const returnPattern = /^\?[\w.~%&=+:,-]{0,1500}$/;
const empty = { type: "string", maxLength: 0 } as const;
const html = "text/html; charset=utf-8";

export const sessionRoutes: readonly Route[] = [
  get({
    path: "/v1/session",
    operation: "session",
    summary: "Who is asking, and how one logs in.",
    access: everyone,
    parameters: [],
    responses: { 200: { media: json, schema: sessionSchema } },
    work: async (asked) => {
      refuseQuery(asked.query);
      return { status: 200, body: reportOf(asked) };
    },
  }),
  post({
    path: "/v1/session",
    operation: "openSession",
    summary: "Exchanges the one-time code of a printed link for a session cookie.",
    access: everyone,
    parameters: [],
    body: {
      type: "object",
      additionalProperties: false,
      required: ["code"],
      properties: { code: { type: "string", minLength: 43, maxLength: 43, pattern: "^[A-Za-z0-9_-]{43}$" } },
    },
    responses: { 200: { media: json, schema: sessionSchema } },
    work: async (asked) => {
      refuseQuery(asked.query);
      const code = (asked.body as { readonly code?: unknown } | undefined)?.code; // eslint-disable-line -- of the route's schema
      const person = isSecret(code) ? await asked.backend.redeemCode(secretHash(code)) : undefined;
      if (person === undefined) throw new VitrineError("api/code-refused", { message: "The code is not known, was used, or is too old." });
      return openSession(asked, person, (entry) => ({ status: 200, body: reportOf({ ...asked, asker: { ...entry, via: "session" } }) }));
    },
  }),
  post({
    path: "/v1/session/end",
    operation: "endSession",
    summary: "Logs out.",
    access: everyone,
    parameters: [],
    responses: { 200: { media: json, schema: sessionSchema } },
    work: async (asked) => {
      refuseQuery(asked.query);
      const session = asked.asker?.session;
      if (session !== undefined) {
        asked.sessions.end(session);
        await asked.backend.endSession(session);
      }
      const headers = { "set-cookie": setCookie(sessionCookie, undefined, asked.tls), "clear-site-data": '"cache"' };
      return { status: 200, body: reportOf({ ...asked, asker: undefined }), headers };
    },
  }),
  get({
    path: "/v1/login/oidc",
    operation: "beginLogin",
    summary: "Sends a browser to the company's log-in.",
    access: everyone,
    navigable: true,
    parameters: [
      {
        name: "to",
        in: "query",
        required: false,
        description: "The view to come back to: its query, with the question mark.",
        schema: { type: "string", pattern: returnPattern.source },
      },
    ],
    responses: { 303: { media: html, schema: empty } },
    work: beginLogin,
  }),
  get({
    path: callbackPath,
    operation: "finishLogin",
    summary: "Where the company's log-in sends the browser back to.",
    access: everyone,
    navigable: true,
    parameters: ["code", "state", "iss", "error", "error_description", "session_state"].map((name) => ({
      name,
      in: "query",
      required: false,
      description: "Of the issuer.",
      schema: { type: "string" },
    })),
    responses: { 303: { media: html, schema: empty } },
    work: finishLogin,
  }),
];

async function beginLogin(asked: Asked): Promise<Reply> {
  const { to, ...rest } = asked.query;
  refuseQuery(rest);
  if (asked.oidc === undefined) throw new VitrineError("api/not-found", { message: "There is no log-in of that kind here." });
  const returnTo = to?.[0] ?? "";
  if ((to?.length ?? 0) > 1 || (returnTo !== "" && !returnPattern.test(returnTo)))
    throw new VitrineError("api/bad-request", { message: "`to` is a query of this page, with its question mark.", place: "to" });
  const begun = await asked.oidc.begin({ redirectUri: `${asked.origin}${callbackPath}`, returnTo, nowMs: asked.nowMs });
  if (begun === undefined) return redirect("/#login=failed", []);
  return redirect(begun.location, [setCookie(attemptCookie, begun.cookie, asked.tls)]);
}

async function finishLogin(asked: Asked): Promise<Reply> {
  const { oidc, headers, search, nowMs, tls } = asked;
  if (oidc === undefined) throw new VitrineError("api/not-found", { message: "There is no log-in of that kind here." });
  const outcome = await oidc.finish({ cookie: readCookie(headers.cookie, attemptCookie, tls), query: search, nowMs });
  const forget = setCookie(attemptCookie, undefined, tls);
  if (outcome.tag !== "in") return redirect(`/#login=${outcome.tag}`, [forget]);
  const reply = await openSession(asked, outcome, () => redirect(`/${outcome.returnTo}`, []));
  return redirect(`/${outcome.returnTo}`, [forget, String(reply.headers?.["set-cookie"])]);
}

function redirect(location: string, cookies: readonly string[]): Reply {
  return { status: 303, body: "", media: html, headers: { location, ...(cookies.length === 0 ? {} : { "set-cookie": cookies }) } };
}

/** Written down before the cookie goes out. Whoever logs in anew leaves the old session behind. */
async function openSession(
  asked: Asked,
  person: { readonly name: string; readonly subject?: string; readonly role: Role },
  reply: (entry: SessionEntry) => Reply,
): Promise<Reply> {
  const { secret, sha256 } = makeSecret(asked.random);
  const { name, subject, role } = person;
  const entry = { sha256, name, subject, role, createdAt: asked.nowMs, expiresAt: asked.nowMs + sessionMs };
  const before = asked.asker?.session;
  await asked.backend.openSession(entry);
  asked.sessions.add(entry);
  if (before !== undefined) {
    asked.sessions.end(before);
    await asked.backend.endSession(before);
  }
  return { ...reply(entry), headers: { "set-cookie": setCookie(sessionCookie, secret, asked.tls) } };
}

function reportOf({ asker, oidc }: Pick<Asked, "asker" | "oidc">): SessionReport {
  const login: SessionReport["login"] = oidc === undefined ? ["code"] : ["oidc", "code"];
  if (asker === undefined) return { signedIn: false, login };
  const { name, role, expiresAt } = asker;
  return { signedIn: true, name, role, ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }), login };
}
