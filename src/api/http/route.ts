/** What a route is: its description, its door and its work. */
import type { Readable } from "node:stream";
import type { Backend } from "../backend.ts";
import type { Listeners } from "../listeners.ts";
import type { GuardEvent } from "../contract.ts";
import type { OidcLogin } from "../oidc.ts";
import type { Sessions } from "../sessions.ts";
import type { Asker, Door } from "./gate.ts";
import type { RouteDescription } from "./openapi.ts";
import type { Query } from "./query.ts";
import type { Site } from "./site.ts";

/** What every route may use; nothing of it belongs to one request. */
export interface Means {
  readonly backend: Backend;
  readonly sessions: Sessions;
  /** undefined: people cannot log in by OpenID Connect. */
  readonly oidc: OidcLogin | undefined;
  readonly site: Site;
  readonly version: string;
  readonly tls: boolean;
  readonly random: (count: number) => Uint8Array;
  /** Who is to hear that the guard has seen something. */
  readonly guardEvents: Listeners<GuardEvent>;
}

export interface Asked extends Means {
  readonly asker: Asker | undefined;
  /** Value of `{name}` or `{file}` in the path. */
  readonly name: string;
  readonly query: Query;
  /** As it came, with its `?`; empty without one. */
  readonly search: string;
  /** As the route's schema says; undefined without one. */
  readonly body: unknown;
  readonly nowMs: number;
  /** Whether this request would still come in: a session may end while an answer goes on. */
  readonly isStillIn: () => boolean;
  /** `http://127.0.0.1:7465`, by the Host header that has passed the gate. */
  readonly origin: string;
  readonly headers: {
    readonly cookie: string | undefined;
    readonly reason: string | undefined;
    readonly acceptEncoding: string | undefined;
    readonly ifNoneMatch: string | undefined;
  };
}

/** body: an object for the route's schema of that status, or the finished text or bytes. */
export interface Reply {
  readonly status: number;
  readonly body: object | string | Buffer | Readable;
  readonly media?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON text of `cells`, which are then left empty in the body. */
  readonly cells?: string;
}

export interface Route extends RouteDescription, Door {
  /** The answer carries an ETag, and a browser may keep it, but asks before it shows it again. */
  readonly revalidates: boolean;
  readonly work: (asked: Asked) => Promise<Reply>;
}

export const everyone = { tag: "everyone" } as const;
export const anyRole = { tag: "roles", roles: ["viewer", "analyst", "responder", "admin"] } as const;
export const operators = { tag: "roles", roles: ["analyst", "responder", "admin"] } as const;
/** A proof names the source's columns and what could be read. */
export const guardians = { tag: "roles", roles: ["responder", "admin"] } as const;
export const administrators = { tag: "roles", roles: ["admin"] } as const;

export const json = "application/json";

/** A GET that is asked by programs and by our own page. */
export function get(route: Omit<Route, "method" | "navigable" | "revalidates"> & Partial<Route>): Route {
  return { method: "GET", navigable: false, revalidates: false, ...route };
}

/** A POST by a page of ours. */
export function post(route: Omit<Route, "method" | "navigable" | "revalidates">): Route {
  return { method: "POST", navigable: false, revalidates: false, ...route };
}
