/**
 * Who may come in, as a ladder: host, origin, size, token or cookie, role. Nothing of the request's content is looked at before, so an answer
 * of 401 or 403 is the same whether the thing asked for exists or not.
 */
import type { FastifyRequest } from "fastify";
import type { Problem } from "./problem.ts";
import { problemOf } from "./problem.ts";
import type { Sessions } from "../sessions.ts";
import type { Role, TokenEntry } from "../tokens.ts";
import { entryOf } from "../tokens.ts";
import { readCookie, sessionCookie } from "./cookies.ts";

/** Who may use a route. `everyone` is for health, the page and log-in; the authorisation test holds the list. */
export type Access = { readonly tag: "everyone" } | { readonly tag: "roles"; readonly roles: readonly Role[] };

/** Who asks. `session`: the hash under which it is kept. */
export interface Asker {
  readonly name: string;
  /** Of people that the company's log-in sent. */
  readonly subject?: string | undefined;
  readonly role: Role;
  readonly via: "token" | "session" | "owner";
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly session?: string;
}

export interface GateOptions {
  /** Names and addresses without port, lower case, as they stand in a Host header (`[::1]` in brackets). */
  readonly hosts: readonly string[];
  readonly scheme: "http" | "https";
  readonly tokens: () => readonly TokenEntry[];
  readonly sessions: Sessions;
  /** Set on the owner's Unix socket: who reaches the socket is the owner. */
  readonly ownerRole: Role | undefined;
  readonly urlLengthMax: number;
  readonly nowMs: () => number;
}

/** What a route says of who may come in. `navigable`: also by a link on another site's page, since it is a page or leads to one. */
export interface Door {
  readonly access: Access;
  readonly navigable: boolean;
}

export type Passage = { readonly tag: "in"; readonly asker: Asker | undefined } | { readonly tag: "refused"; readonly problem: Problem };

/** `door` is undefined where no route matches: a role is then still needed to learn that there is nothing. */
export function passGate(
  request: Pick<FastifyRequest, "headers" | "url" | "raw" | "method">,
  door: Door | undefined,
  options: GateOptions,
): Passage {
  const place = refusalOfPlace(request, door, options);
  if (place !== undefined) return refused(place);
  if (request.url.length > options.urlLengthMax) return { tag: "refused", problem: problemOf("api/too-large", 414) };
  const asker = askerOf(request.headers, options);
  if (door?.access.tag === "everyone") return { tag: "in", asker };
  if (asker === undefined) return refused("api/unauthorized");
  if (door !== undefined && !door.access.roles.includes(asker.role)) return refused("api/forbidden");
  return { tag: "in", asker };
}

/** Where it is sent to, and from where. */
function refusalOfPlace(
  { headers, url, raw, method }: Pick<FastifyRequest, "headers" | "url" | "raw" | "method">,
  door: Door | undefined,
  options: GateOptions,
): "api/host-refused" | "api/origin-refused" | undefined {
  if (!namesOurHost(raw.rawHeaders, headers.host, url, options.hosts)) return "api/host-refused";
  if (!originAllowed(headers.origin, options) || !siteAllowed(headers, door)) return "api/origin-refused";
  // A page of ours names itself in what it writes; what names nobody may be another page's form.
  const ours = `${options.scheme}://${(headers.host ?? "").toLowerCase()}`;
  return door !== undefined && method === "POST" && headers.origin?.toLowerCase() !== ours ? "api/origin-refused" : undefined;
}

/** A header that is there decides alone: a wrong token is not made good by a cookie. */
function askerOf(headers: FastifyRequest["headers"], options: GateOptions): Asker | undefined {
  if (options.ownerRole !== undefined) return { name: "owner", role: options.ownerRole, via: "owner" };
  const nowMs = options.nowMs();
  if (headers.authorization !== undefined) {
    const entry = entryOf(headers.authorization, options.tokens(), nowMs);
    if (entry === undefined) return undefined;
    const { name, role, expiresAt } = entry;
    return { name, role, via: "token", ...(expiresAt === undefined ? {} : { expiresAt }) };
  }
  const session = options.sessions.find(readCookie(headers.cookie, sessionCookie, options.scheme === "https"), nowMs);
  if (session === undefined) return undefined;
  const { name, subject, role, expiresAt, sha256 } = session;
  return { name, subject, role, via: "session", expiresAt, session: sha256 };
}

/** Browsers say where a request comes from. A link from elsewhere may open a page of ours, and nothing else. */
function siteAllowed(headers: FastifyRequest["headers"], door: Door | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return true;
  return door?.navigable === true && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

function refused(code: Parameters<typeof problemOf>[0]): Passage {
  return { tag: "refused", problem: problemOf(code) };
}

/** Each place of a request that names a host: the one header, and a target in absolute form, which rules for who stands before us. */
function namesOurHost(raw: readonly string[], header: string | undefined, url: string, hosts: readonly string[]): boolean {
  // Node keeps the first of two; a proxy before us may have looked at the last.
  if (countOf(raw, "host") !== 1 || !hostAllowed(header, hosts)) return false;
  return url.startsWith("/") || hostAllowed(/^https?:\/\/([^/?#]*)/i.exec(url)?.[1], hosts);
}

/** `raw`: names and values in turn, as they came in. */
function countOf(raw: readonly string[], name: string): number {
  return raw.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

function hostAllowed(header: string | undefined, hosts: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.exec((header ?? "").toLowerCase())?.[1];
  return name !== undefined && hosts.includes(name);
}

/** Browsers send Origin with what another site's page asks; programs send none. `null` (a sandboxed page, a file) is another site. */
function originAllowed(origin: string | undefined, { hosts, scheme }: GateOptions): boolean {
  if (origin === undefined) return true;
  const match = /^(https?):\/\/(.+)$/.exec(origin.toLowerCase());
  return match !== null && match[1] === scheme && hostAllowed(match[2], hosts);
}
