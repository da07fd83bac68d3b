/** A server that keeps to src/api/contract.ts, for the dashboard alone: it can be building, untrusted, stale, empty or gone, and have a commit. */
import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname, join } from "node:path";
import { reportCopy } from "../../src/metrics/copy-report.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { root } from "../support/tree.ts";
import type { FakeGuard } from "./fake-exposure.ts";
import { alarmsOf, assetsOf, calmGuard, verdictsOf } from "./fake-exposure.ts";
import { catalogue, fakeAnswer } from "./fake-numbers.ts";

export interface FakeState {
  state: "ready" | "building" | "untrusted" | "stale";
  empty: boolean;
  /** Commits since the start: each is one more in every cell. */
  bump: number;
  role: "viewer" | "analyst" | "responder" | "admin";
  guard: FakeGuard;
  noMetrics: boolean;
}

export interface FakeApi extends AsyncDisposable {
  readonly url: string;
  /** Opens the dashboard; works as often as it is used. */
  readonly link: string;
  readonly state: FakeState;
  /** Paths and queries that were asked for, and the policies that pages broke. */
  readonly asked: string[];
  /** Stops listening; `start` goes on at the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Tells those who listen that something changed in the guard's state. */
  changed(): void;
}

const code = "one-time";
const cookie = "vitrine_test=1";
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const media: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const reasons: Readonly<Record<FakeState["state"], readonly object[]>> = {
  ready: [],
  building: [{ reason: "loading", message: "The snapshot is being copied.", remedy: "Wait; `vitrine status` shows how far it is." }],
  untrusted: [
    {
      reason: "partition-detached",
      message: "A partition of connection_attempts was detached and put back.",
      remedy: "`vitrine verify full` compares it.",
    },
  ],
  stale: [
    {
      reason: "lag",
      message: "The last proof of freshness is older than 10 s.",
      remedy: "`vitrine status` shows the reader's state and the slot's.",
    },
  ],
};

export async function fakeApi(port = 0): Promise<FakeApi> {
  const state: FakeState = { state: "ready", empty: false, bump: 0, role: "admin", guard: calmGuard(), noMetrics: false };
  const asked: string[] = [];
  const listeners = new Set<ServerResponse>();
  let server = await listen(port, state, asked, listeners);
  const at = (server.address() as AddressInfo).port;
  const stop = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    server.closeAllConnections();
    return promise;
  };
  const url = `http://127.0.0.1:${at}`;
  return {
    url,
    link: `${url}/#code=${code}`,
    state,
    asked,
    stop,
    start: async () => {
      server = await listen(at, state, asked, listeners);
    },
    changed: () => {
      for (const listener of listeners) listener.write('data: {"changed":"assets"}\n\n');
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function listen(port: number, state: FakeState, asked: string[], listeners: Set<ServerResponse>): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== "/v1/guard/events") return void answer(request, response, state, asked);
    if (!state.guard.tellsEvents) return problem(response, 503, "api/busy", "Too many listen already.");
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).write("retry: 500\n\n");
    listeners.add(response);
    response.on("close", () => listeners.delete(response));
    return undefined;
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, state: FakeState, asked: string[]): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  asked.push(url.pathname + url.search);
  const signedIn = request.headers.cookie?.includes(cookie) === true;
  const session = (is: boolean): object => ({ signedIn: is, ...(is ? { name: "demo", role: state.role } : {}), login: ["code"] });
  if (!url.pathname.startsWith("/v1/")) return file(url.pathname, response);
  if (url.pathname === "/v1/session" && request.method === "POST") {
    const body: string[] = [];
    for await (const part of request) body.push(String(part));
    const right = (JSON.parse(body.join("")) as { readonly code?: string }).code === code;
    if (!right) return problem(response, 401, "api/unauthorized", "The code is not known.");
    return json(response, session(true), { "set-cookie": `${cookie}; HttpOnly; SameSite=Lax; Path=/` });
  }
  if (url.pathname === "/v1/session/end") return json(response, session(false), { "set-cookie": `${cookie}; Max-Age=0; Path=/` });
  if (url.pathname === "/v1/session") return json(response, session(signedIn));
  if (!signedIn) return problem(response, 401, "api/unauthorized", "Who asks is not known.");
  if (url.pathname.startsWith("/v1/guard/")) return guard(url, response, state);
  return data(url, response, state);
}

function guard({ pathname, searchParams }: URL, response: ServerResponse, { guard: now, role }: FakeState): void {
  if (role === "viewer" || role === "analyst") return problem(response, 403, "api/forbidden", "Your role may not see this.");
  if (pathname === "/v1/guard/assets") return json(response, assetsOf(now, Date.now()));
  if (pathname === "/v1/guard/verdicts") return json(response, verdictsOf(now, searchParams, Date.now()));
  if (pathname === "/v1/guard/alarms") return json(response, { alarms: alarmsOf(now, Date.now()) });
  const id = /^\/v1\/guard\/alarms\/([^/]+)\/acknowledge$/.exec(pathname)?.[1];
  if (now.acknowledging === "refused") return problem(response, 503, "api/busy", "The state folder is full.");
  if (now.acknowledging === "silent") return void response.destroy();
  now.acknowledged = { at: new Date().toISOString(), by: "demo" };
  const alarm = alarmsOf(now, Date.now()).find((one) => one.id === decodeURIComponent(id ?? ""));
  return alarm === undefined ? problem(response, 404, "api/not-found", "There is no such alarm.") : json(response, alarm);
}

function data(url: URL, response: ServerResponse, state: FakeState): void {
  if (url.pathname === "/v1/metrics") return json(response, state.noMetrics ? { metrics: [] } : catalogue);
  if (url.pathname === "/v1/copy")
    return state.role === "viewer" ? problem(response, 403, "api/forbidden", "Your role may not see this.") : json(response, copy());
  const name = basename(url.pathname).replace(/\.csv$/, "");
  const part = fakeAnswer({ name, query: url.searchParams, nowMs: Date.now(), bump: state.bump, empty: state.empty });
  if (part === undefined) return problem(response, 404, "metrics/unknown-metric", "There is no such metric.");
  if (url.pathname.endsWith(".csv")) {
    response.writeHead(200, { "content-type": "text/csv" }).end("period,value\n");
    return undefined;
  }
  const lagMs = state.state === "stale" ? 95_000 : 400;
  const proven = state.state === "building" ? {} : { proven: { lsn: "0/16B3748", at: new Date(Date.now() - lagMs).toISOString() }, lagMs };
  return json(response, {
    ...part,
    state: state.state,
    reasons: reasons[state.state],
    notes: [],
    applied: { lsn: "0/16B3748", at: new Date().toISOString() },
    ...proven,
  });
}

function copy(): object {
  const path = join(root, "examples/smart-home/vitrine.yaml");
  const declaration = parseDeclaration(readFileSync(path, "utf8"), path);
  const at = (Date.now() - 120_000) * 1000;
  const proof = [
    {
      name: "select-and-copy",
      verdict: "refused",
      level: "green",
      checked: 48,
      message: "SELECT and COPY of every undeclared column were refused.",
      findings: [],
      at,
    },
    {
      name: "other-decoding",
      verdict: "possible",
      level: "amber",
      checked: 1,
      message: "The credential can decode with another plugin.",
      findings: [],
      at,
    },
    {
      name: "physical-replication",
      verdict: "refused",
      level: "green",
      checked: 1,
      message: "A base backup was refused.",
      findings: [],
      at,
    },
    {
      name: "store",
      verdict: "clean",
      level: "green",
      checked: 31,
      message: "Every text in the store satisfies its rule.",
      findings: [],
      at,
    },
  ] as const;
  const verification = {
    at: new Date(Date.now() - 3_600_000).toISOString(),
    mode: "sample",
    tables: [
      { table: "devices", rows: 52_113, differing: 0 },
      { table: "connection_attempts", rows: 2_000_412, differing: 0 },
    ],
  };
  return reportCopy({
    declaration,
    generation: 1,
    rows: { devices: 52_113, accounts: 20_000, connection_attempts: 2_000_412 },
    proof,
    verification,
  });
}

function json(response: ServerResponse, body: object, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store", ...headers }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, problemCode: string, detail: string): void {
  const body = { type: "about:blank", title: "Refused", status, detail, code: problemCode, remedy: "Ask whoever runs Vitrine." };
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(body));
}

function file(path: string, response: ServerResponse): void {
  const found = join(root, "dist/web", path === "/" ? "index.html" : `assets/${basename(path)}`);
  if (!existsSync(found)) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, { "content-type": media[extname(found)] ?? "text/plain", "content-security-policy": pagePolicy })
    .end(readFileSync(found));
}
