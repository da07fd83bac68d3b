/**
 * The HTTP application: the routes behind the gate. It holds no state but a count of what is being answered; all it knows comes from
 * the backend. `listen.ts` binds it to an address.
 */
import { createServer, METHODS } from "node:http";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import Fastify from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { assert, must } from "../lib/assert.ts";
import { VitrineError } from "../model/error.ts";
import type { Backend } from "./backend.ts";
import type { GuardEvent } from "./contract.ts";
import { etagOf, matches } from "./http/etag.ts";
import type { Asker, Door, GateOptions } from "./http/gate.ts";
import { passGate } from "./http/gate.ts";
import type { Problem } from "./http/problem.ts";
import { problemFrom, problemOf, sendProblem } from "./http/problem.ts";
import type { Query } from "./http/query.ts";
import { parseQuery } from "./http/query.ts";
import type { Asked, Means, Route } from "./http/route.ts";
import { methodsAt, routes } from "./http/routes.ts";
import { openSite } from "./http/site.ts";
import { Listeners } from "./listeners.ts";
import { OidcLogin } from "./oidc.ts";
import type { OidcSettings } from "./oidc.ts";
import type { Sessions } from "./sessions.ts";
import type { Role, TokenEntry } from "./tokens.ts";

/** What is refused or cut off; milliseconds and bytes. */
export const apiLimitsDefault = {
  urlLength: 4_096,
  headerBytes: 16_384,
  bodyBytes: 1_024,
  /** Until the whole request is here. */
  requestMs: 5_000,
  /** A connection on which nothing moves, neither way. */
  idleMs: 30_000,
  /** Until the backend has answered. */
  answerMs: 10_000,
  keepAliveMs: 10_000,
  /** Questions that are answered at one time. */
  answering: 64,
  connections: 512,
  /** How often the certificate's files are looked at; a renewed one is used without a restart. */
  certificateCheckMs: 10_000,
} as const;
export type ApiLimits = { readonly [Name in keyof typeof apiLimitsDefault]: number };

/** One line for the log: names and numbers only. */
export interface ApiEvent {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly operation?: string;
  readonly status?: number;
  readonly code?: string;
}

export interface ApiOptions {
  readonly backend: Backend;
  /** Names that a Host header may carry, without port. Loopback's own names are always allowed. */
  readonly hosts: readonly string[];
  /** The tokens as they are now: asked for on every request, so that a revoked one ends at once. */
  readonly tokens: () => readonly TokenEntry[];
  /** People's, as they are now. Shared by all listeners of a process. */
  readonly sessions: Sessions;
  /** Log-in of people elsewhere; absent: by printed links alone. */
  readonly oidc?: OidcSettings;
  /** Folder of the built dashboard; absent or not there: no page. */
  readonly webFolder?: string;
  /** Who is to hear what changes; absent: nothing ever does. */
  readonly guardEvents?: Listeners<GuardEvent>;
  readonly random: (count: number) => Uint8Array;
  /** Only for the owner's Unix socket: everyone who reaches it has this role. */
  readonly ownerRole?: Role;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** Version of Vitrine, for the description. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly limits?: Partial<ApiLimits>;
  readonly log?: (event: ApiEvent) => void;
}

const loopbackHosts = ["localhost", "127.0.0.1", "[::1]"] as const;

declare module "fastify" {
  interface FastifyContextConfig {
    readonly door?: Door;
    readonly revalidates?: boolean;
  }
}

/** Makes the application; it does not listen yet. `inject` of Fastify serves tests. */
export async function createApi(options: ApiOptions): Promise<FastifyInstance> {
  const limits: ApiLimits = { ...apiLimitsDefault, ...options.limits };
  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: true,
    // A body is what its schema says, or it is refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    return503OnClosing: true,
    routerOptions: { querystringParser: parseQuery, ignoreTrailingSlash: false, caseSensitive: true },
    serverFactory: (handler) => serverOf(options, limits, handler),
    frameworkErrors: (error, _request, reply) => void refuse(reply, problemFrom(error), options),
  });
  addHeaders(app, options);
  // JSON alone comes in, and only where a route says so.
  app.removeContentTypeParser("text/plain");
  // Whatever Node reads as a method comes to the gate and is refused there.
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  addGate(app, options, limits);
  addRevalidation(app);
  app.setErrorHandler((error, request, reply) => fail({ error, request, reply, options }));
  app.setNotFoundHandler((request, reply) => miss(request, reply));
  const answering = { count: 0 };
  const means: Means = {
    backend: options.backend,
    sessions: options.sessions,
    oidc: options.oidc === undefined ? undefined : new OidcLogin(options.oidc, options.random),
    site: openSite(options.webFolder, options.nowMs),
    version: options.version,
    tls: options.tls !== undefined,
    random: options.random,
    guardEvents: options.guardEvents ?? new Listeners(),
  };
  for (const route of routes) addRoute({ app, route, options, means, limits, answering });
  await app.ready();
  return app;
}

function serverOf(options: ApiOptions, limits: ApiLimits, handler: Parameters<typeof createServer>[1] & object): Server {
  const common = {
    maxHeaderSize: limits.headerBytes,
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: 1_000,
    insecureHTTPParser: false,
    // The gate refuses it, as a problem; Node's own answer has no body.
    requireHostHeader: false,
  };
  const server =
    options.tls === undefined
      ? createServer(common, handler)
      : createTlsServer({ ...common, ...options.tls, minVersion: "TLSv1.2" }, handler);
  server.maxConnections = limits.connections;
  // Also who takes an answer slowly: it is held in memory meanwhile.
  server.setTimeout(limits.idleMs, (socket) => socket.destroy());
  // Node's own answer to an expectation that it does not know has no body and does not pass the gate.
  server.on("checkExpectation", (request, response) => void server.emit("request", request, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => endBadConnection(error, socket));
  return server;
}

/** What is no HTTP gets a problem and an end; nothing of it is repeated. */
function endBadConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const large = error.code === "HPE_HEADER_OVERFLOW";
  const late = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  const problem = large ? problemOf("api/too-large", 431) : late ? problemOf("api/timeout", 408) : problemOf("api/bad-request");
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 ${problem.status} Refused\r\nconnection: close\r\ncontent-type: application/problem+json; charset=utf-8\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function addHeaders(app: FastifyInstance, options: ApiOptions): void {
  app.addHook("onRequest", async (_request, reply) => {
    setSecurityHeaders(reply, options.tls !== undefined);
  });
}

function setSecurityHeaders(reply: FastifyReply, tls: boolean): void {
  reply.headers({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    ...(tls ? { "strict-transport-security": "max-age=31536000" } : {}),
  });
}

const askerOfRequest = new WeakMap<FastifyRequest, Asker>();

/** What a browser may keep but must ask about; 304 where it has it already. */
function addRevalidation(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    const isAnswer = request.routeOptions.config.revalidates === true && reply.statusCode === 200;
    if (!isAnswer || (typeof payload !== "string" && !Buffer.isBuffer(payload))) return payload;
    const etag = etagOf(payload);
    reply.headers({ etag, "cache-control": "private, no-cache", vary: "authorization, cookie, vitrine-reason" });
    if (!matches(request.headers["if-none-match"], etag)) return payload;
    reply.code(304).removeHeader("content-length").removeHeader("content-type");
    return null;
  });
}

/** Nothing there, or not for this method. */
function miss(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const methods = methodsAt(request.url);
  if (methods.length > 0) reply.header("allow", methods.join(", "));
  return sendProblem(reply, problemOf(methods.length > 0 ? "api/method-refused" : "api/not-found"));
}

function gateOf(options: ApiOptions, limits: ApiLimits): GateOptions {
  return {
    hosts: [...loopbackHosts, ...options.hosts.map((host) => host.toLowerCase())],
    scheme: options.tls === undefined ? "http" : "https",
    tokens: options.tokens,
    sessions: options.sessions,
    ownerRole: options.ownerRole,
    urlLengthMax: limits.urlLength,
    nowMs: options.nowMs,
  };
}

function addGate(app: FastifyInstance, options: ApiOptions, limits: ApiLimits): void {
  const gate = gateOf(options, limits);
  // Default deny: a route that does not say who may use it does not start.
  app.addHook("onRoute", (route) => assert(route.config?.door !== undefined, "a route without a door"));
  app.addHook("onRequest", async (request, reply) => {
    const passage = passGate(request, request.is404 ? undefined : request.routeOptions.config.door, gate);
    if (passage.tag === "refused") return refuse(reply, passage.problem, options);
    // Here, so that no body is read for what is not there.
    if (request.is404) return miss(request, reply);
    if (passage.asker !== undefined) askerOfRequest.set(request, passage.asker);
    return undefined;
  });
}

function refuse(reply: FastifyReply, problem: Problem, options: ApiOptions): FastifyReply {
  setSecurityHeaders(reply, options.tls !== undefined);
  options.log?.({ level: "info", event: "refused", status: problem.status, code: problem.code });
  return sendProblem(reply, problem);
}

function addRoute(parts: {
  readonly app: FastifyInstance;
  readonly route: Route;
  readonly options: ApiOptions;
  readonly means: Means;
  readonly limits: ApiLimits;
  readonly answering: { count: number };
}): void {
  const { app, route, options, means, limits, answering } = parts;
  const gate = gateOf(options, limits);
  const response = Object.fromEntries(Object.entries(route.responses).map(([status, { schema }]) => [status, schema]));
  app.route<{ Params: { name?: string }; Querystring: Query }>({
    method: route.method,
    url: route.path.replace("{name}", ":name"),
    config: { door: { access: route.access, navigable: route.navigable }, revalidates: route.revalidates },
    schema: { response, ...(route.body === undefined ? {} : { body: route.body }) },
    handler: async (request, reply) => {
      if (answering.count >= limits.answering) throw new VitrineError("api/busy", { message: "Too many questions at once." });
      answering.count++;
      try {
        const { status, body, media, headers, cells } = await within(
          route.work(askedOf(request, { means, options, gate, door: route })),
          limits.answerMs,
        );
        for (const [name, value] of Object.entries(headers ?? {})) reply.header(name, value);
        if (cells !== undefined) writeCells(reply.code(status), cells);
        return reply
          .code(status)
          .type(media ?? route.responses[status]?.media ?? "application/json")
          .send(body);
      } finally {
        answering.count--;
      }
    },
  });
}

/** The envelope by its schema, and the finished text of the cells in its place: a key in quotes is in no text of it. */
function writeCells(reply: FastifyReply, cells: string): void {
  const place = '"cells":[]';
  const write = must(reply.getSerializationFunction(String(reply.statusCode)), "serializer of the answer's schema");
  reply.serializer((body: Record<string, unknown>) => {
    const text = write(body);
    const at = text.lastIndexOf(place);
    assert(at >= 0, "an envelope with a place for cells");
    return `${text.slice(0, at)}"cells":${cells}${text.slice(at + place.length)}`;
  });
}

function askedOf(
  request: FastifyRequest<{ Params: { name?: string }; Querystring: Query }>,
  parts: { readonly means: Means; readonly options: ApiOptions; readonly gate: GateOptions; readonly door: Door },
): Asked {
  const { means, options, gate, door } = parts;
  const { headers, url } = request;
  const at = url.indexOf("?");
  const reason = headers["vitrine-reason"];
  return {
    ...means,
    asker: askerOfRequest.get(request),
    name: request.params.name ?? "",
    query: request.query,
    search: at < 0 ? "" : url.slice(at),
    body: request.body,
    nowMs: options.nowMs(),
    isStillIn: () => passGate(request, door, gate).tag === "in",
    // The gate has held the header against the list of our names.
    origin: `${means.tls ? "https" : "http"}://${headers.host ?? ""}`,
    headers: {
      cookie: headers.cookie,
      reason: Array.isArray(reason) ? reason.join(", ") : reason,
      acceptEncoding: Array.isArray(headers["accept-encoding"]) ? undefined : headers["accept-encoding"],
      ifNoneMatch: headers["if-none-match"],
    },
  };
}

/** Rejects with `api/timeout` when the work takes longer; the work itself has its own limits. */
async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new VitrineError("api/timeout", { message: "The answer took longer than the limit." })), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function fail(parts: {
  readonly error: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly options: ApiOptions;
}): FastifyReply {
  const { error, reply, options } = parts;
  const problem = problemFrom(error);
  options.log?.({ level: problem.status >= 500 ? "error" : "info", event: "failed", status: problem.status, code: problem.code });
  return sendProblem(reply, problem);
}
