/**
 * The HTTP application: the routes behind the gate. It holds no state but a count of what is being answered; all it knows comes from
 * the backend. `listen.ts` binds it to an address.
 */
import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import Fastify from "fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { assert } from "../lib/assert.ts";
import { VitrineError } from "../model/error.ts";
import type { Backend } from "./backend.ts";
import type { Access, GateOptions } from "./http/gate.ts";
import { passGate } from "./http/gate.ts";
import type { Problem } from "./http/problem.ts";
import { problemFrom, problemOf, sendProblem } from "./http/problem.ts";
import type { Query } from "./http/query.ts";
import { parseQuery } from "./http/query.ts";
import type { Route } from "./http/routes.ts";
import { routes } from "./http/routes.ts";
import type { Role, TokenEntry } from "./tokens.ts";

/** What is refused or cut off; milliseconds and bytes. */
export const apiLimitsDefault = {
  urlLength: 4_096,
  headerBytes: 16_384,
  bodyBytes: 1_024,
  /** Until the whole request is here. */
  requestMs: 5_000,
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
    readonly access?: Access;
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
    return503OnClosing: true,
    routerOptions: { querystringParser: parseQuery, ignoreTrailingSlash: false, caseSensitive: true },
    serverFactory: (handler) => serverOf(options, limits, handler),
    frameworkErrors: (error, _request, reply) => void refuse(reply, problemFrom(error), options),
  });
  addHeaders(app, options);
  addGate(app, options, limits);
  app.setErrorHandler((error, request, reply) => fail({ error, request, reply, options }));
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problemOf("api/not-found")));
  const answering = { count: 0 };
  for (const route of routes) addRoute({ app, route, options, limits, answering });
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

const roleOfRequest = new WeakMap<FastifyRequest, Role>();

function addGate(app: FastifyInstance, options: ApiOptions, limits: ApiLimits): void {
  const gate: GateOptions = {
    hosts: [...loopbackHosts, ...options.hosts.map((host) => host.toLowerCase())],
    scheme: options.tls === undefined ? "http" : "https",
    tokens: options.tokens,
    ownerRole: options.ownerRole,
    urlLengthMax: limits.urlLength,
  };
  // Default deny: a route that does not say who may use it does not start.
  app.addHook("onRoute", (route) => assert(route.config?.access !== undefined, "a route without access"));
  app.addHook("onRequest", async (request, reply) => {
    const passage = passGate(request, request.is404 ? undefined : request.routeOptions.config.access, gate);
    if (passage.tag === "refused") return refuse(reply, passage.problem, options);
    if (passage.role !== undefined) roleOfRequest.set(request, passage.role);
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
  readonly limits: ApiLimits;
  readonly answering: { count: number };
}): void {
  const { app, route, options, limits, answering } = parts;
  const response = Object.fromEntries(Object.entries(route.responses).map(([status, { schema }]) => [status, schema]));
  app.route<{ Params: { name?: string }; Querystring: Query }>({
    method: "GET",
    url: route.path.replace("{name}", ":name"),
    config: { access: route.access },
    schema: { response },
    handler: async (request, reply) => {
      if (answering.count >= limits.answering) throw new VitrineError("api/busy", { message: "Too many questions at once." });
      answering.count++;
      try {
        const work = route.work({
          backend: options.backend,
          role: roleOfRequest.get(request),
          name: request.params.name ?? "",
          query: request.query,
          nowMs: options.nowMs(),
          version: options.version,
        });
        const { status, body } = await within(work, limits.answerMs);
        const media = route.responses[status]?.media ?? "application/json";
        return reply.code(status).type(media).send(body);
      } finally {
        answering.count--;
      }
    },
  });
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
