/**
 * Who may come in, as a ladder: host, origin, size, token, role. Nothing of the request's content is looked at before, so an answer
 * of 401 or 403 is the same whether the thing asked for exists or not.
 */
import type { FastifyRequest } from "fastify";
import type { Problem } from "./problem.ts";
import { problemOf } from "./problem.ts";
import type { Role, TokenEntry } from "../tokens.ts";
import { roleOf } from "../tokens.ts";

/** Who may use a route. `everyone` is for health alone; the authorisation test holds the list. */
export type Access = { readonly tag: "everyone" } | { readonly tag: "roles"; readonly roles: readonly Role[] };

export interface GateOptions {
  /** Names and addresses without port, lower case, as they stand in a Host header (`[::1]` in brackets). */
  readonly hosts: readonly string[];
  readonly scheme: "http" | "https";
  readonly tokens: () => readonly TokenEntry[];
  /** Set on the owner's Unix socket: who reaches the socket is the owner. */
  readonly ownerRole: Role | undefined;
  readonly urlLengthMax: number;
}

export type Passage = { readonly tag: "in"; readonly role: Role | undefined } | { readonly tag: "refused"; readonly problem: Problem };

/** `access` is undefined where no route matches: a role is then still needed to learn that there is nothing. */
export function passGate(
  request: Pick<FastifyRequest, "headers" | "url" | "raw">,
  access: Access | undefined,
  options: GateOptions,
): Passage {
  const { headers, url, raw } = request;
  if (!namesOurHost(raw.rawHeaders, headers.host, url, options.hosts)) return refused("api/host-refused");
  if (!originAllowed(headers.origin, options)) return refused("api/origin-refused");
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return refused("api/origin-refused");
  if (url.length > options.urlLengthMax) return { tag: "refused", problem: problemOf("api/too-large", 414) };
  if (access?.tag === "everyone") return { tag: "in", role: undefined };
  const role = options.ownerRole ?? roleOf(headers.authorization, options.tokens());
  if (role === undefined) return refused("api/unauthorized");
  if (access !== undefined && !access.roles.includes(role)) return refused("api/forbidden");
  return { tag: "in", role };
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
