/**
 * Stand-ins for Kibana and OpenSearch Dashboards, which no registry has: what their documents and public sources say of the console, the
 * status page and the log-in, before a cluster that is made up or a real node. No real one has answered us yet.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { Fixture, Running } from "./fixture.ts";

type Start = Fixture["start"];
type Door =
  /** The console passes on what anybody asks. */
  | "open"
  /** A login: 401 to programs, the log-in page to browsers. */
  | "login"
  | "login-page"
  /** An anonymous provider whose role may look at dashboards, and not use the console. */
  | "dashboards-alone"
  /** The console is off (console.ui.enabled: false). */
  | "no-console"
  /** No API is led through, and every path is the page. */
  | "page-alone";

interface Options {
  readonly product: "Kibana" | "OpenSearch Dashboards";
  readonly door: Door;
  readonly expected: Seen;
  /** Since 8.x the cluster's status is told in a header; before it was the answer's own. */
  readonly tellsStatusApart?: boolean;
  /** Since 9.0 the console is kept to the product's own pages, which name themselves. */
  readonly keepsInternal?: boolean;
  /** The status page asks for a login all the same. */
  readonly closesStatus?: boolean;
  /** A node on loopback; default: a made-up cluster. */
  readonly nodePort?: number;
  readonly names?: string;
  readonly version?: string;
}

interface Said {
  readonly status: number;
  readonly body: string;
}

export const kibanaOpen: Start = () => standIn({ product: "Kibana", door: "open", tellsStatusApart: true, expected: "counts-readable" });
export const dashboardsOpen: Start = () =>
  standIn({ product: "OpenSearch Dashboards", door: "open", names: "users", expected: "counts-readable" });
export const kibanaOpenStatusClosed: Start = () =>
  standIn({ product: "Kibana", door: "open", closesStatus: true, expected: "counts-readable" });
export const kibanaKeepsInternal: Start = () =>
  standIn({ product: "Kibana", door: "open", tellsStatusApart: true, keepsInternal: true, expected: "counts-readable" });
export const kibanaNoSuchIndex: Start = () =>
  standIn({ product: "Kibana", door: "open", tellsStatusApart: true, names: "nosuchindex", expected: "schema-readable" });
export const kibanaAnonymousDashboards: Start = () => standIn({ product: "Kibana", door: "dashboards-alone", expected: "schema-readable" });
export const kibanaNoConsole: Start = () => standIn({ product: "Kibana", door: "no-console", expected: "schema-readable" });
export const kibanaLogin: Start = () => standIn({ product: "Kibana", door: "login", expected: "auth-required" });
export const kibanaLoginStatusClosed: Start = () =>
  standIn({ product: "Kibana", door: "login", closesStatus: true, expected: "auth-required" });
export const dashboardsLoginPage: Start = () =>
  standIn({ product: "OpenSearch Dashboards", door: "login-page", expected: "auth-required" });
export const kibanaPageAlone: Start = () => standIn({ product: "Kibana", door: "page-alone", expected: "unknown" });

/** Before a real node: its answers pass through as they are. */
export const kibanaBefore =
  (start: Start): Start =>
  async () => {
    const node = await start();
    const standing = await standIn({
      product: node.title === "OpenSearch" ? "OpenSearch Dashboards" : "Kibana",
      door: "open",
      tellsStatusApart: node.title !== "OpenSearch",
      nodePort: Number(new URL(node.url).port),
      names: "users",
      version: `stand-in before ${node.title} ${node.version}`,
      // Without a login of its own it shows what it has saved, also where the cluster asks for one.
      expected: node.expected === "auth-required" ? "schema-readable" : node.expected,
    });
    return {
      ...standing,
      async [Symbol.asyncDispose]() {
        await standing[Symbol.asyncDispose]();
        await node[Symbol.asyncDispose]();
      },
    };
  };

async function standIn(options: Options): Promise<Running> {
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing, options));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const scheme = options.product === "Kibana" ? "kibana" : "opensearch-dashboards";
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/${options.names ?? ""}`,
    title: options.product,
    version: options.version ?? "stand-in",
    evidence: "stand-in",
    expected: options.expected,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, options: Options): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://stand-in");
  const name = options.product === "Kibana" ? "kbn" : "osd";
  outgoing.setHeader(`${name}-name`, "made-up");
  if (options.door === "page-alone" || !url.pathname.startsWith("/api/")) return page(outgoing);
  if (url.pathname === "/api/status") return status(outgoing, options);
  if (incoming.method === "POST" && incoming.headers[`${name}-xsrf`] === undefined) return boom(outgoing, 400, "Bad Request");
  if (options.door === "login") return boom(outgoing, 401, "Unauthorized");
  if (options.door === "login-page") {
    outgoing.writeHead(302, { location: `/app/login?nextUrl=${encodeURIComponent(url.pathname)}` }).end();
    return undefined;
  }
  if (url.pathname === "/api/saved_objects/_find") return objects(outgoing);
  if (url.pathname !== "/api/console/proxy" || incoming.method !== "POST") return boom(outgoing, 404, "Not Found");
  return passOn(url.searchParams.get("path") ?? "/", incoming, outgoing, options);
}

async function passOn(path: string, incoming: IncomingMessage, outgoing: ServerResponse, options: Options): Promise<void> {
  if (options.door === "no-console") return boom(outgoing, 404, "Not Found");
  if (options.door === "dashboards-alone") return boom(outgoing, 403, "Forbidden");
  if (options.keepsInternal === true && incoming.headers["x-elastic-internal-origin"] === undefined)
    return boom(outgoing, 400, "Bad Request");
  const said = options.nodePort === undefined ? madeUp(path) : await ofNode(options.nodePort, path);
  outgoing.setHeader("content-type", "application/json");
  if (options.tellsStatusApart === true) outgoing.setHeader("x-console-proxy-status-code", `${said.status}`);
  outgoing.setHeader("content-length", Buffer.byteLength(said.body));
  outgoing.writeHead(options.tellsStatusApart === true ? 200 : said.status).end(said.body);
  return undefined;
}

function status(outgoing: ServerResponse, { door, closesStatus }: Options): void {
  if (closesStatus === true) return boom(outgoing, 401, "Unauthorized");
  outgoing.setHeader("content-type", "application/json; charset=utf-8");
  const overall = { status: { overall: { level: "available" } } };
  const whole = { name: "made-up", uuid: "00000000-0000-0000-0000-000000000000", version: { number: "0.0.0" }, ...overall };
  outgoing.end(JSON.stringify(door === "open" ? whole : overall));
}

function page(outgoing: ServerResponse): void {
  outgoing.setHeader("content-type", "text/html; charset=utf-8");
  outgoing.end("<!DOCTYPE html><html><head><title>Elastic</title></head><body>indices, login</body></html>");
}

function boom(outgoing: ServerResponse, statusCode: number, error: string): void {
  outgoing.setHeader("content-type", "application/json; charset=utf-8");
  outgoing.writeHead(statusCode).end(JSON.stringify({ statusCode, error, message: "made up" }));
}

function objects(outgoing: ServerResponse): void {
  outgoing.setHeader("content-type", "application/json; charset=utf-8");
  const one = { type: "index-pattern", id: "made-up", attributes: { title: "users*" }, references: [] };
  outgoing.end(JSON.stringify({ page: 1, per_page: 1, total: 2, saved_objects: [one] }));
}

function madeUp(path: string): Said {
  if (path.startsWith("/_cat/indices")) return { status: 200, body: '[{"index":"users"}]' };
  if (path === "/_count" || path === "/users/_count")
    return { status: 200, body: '{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}' };
  return { status: 404, body: '{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}' };
}

async function ofNode(port: number, path: string): Promise<Said> {
  const { promise, resolve } = Promise.withResolvers<Said>();
  const onward = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
    let body = "";
    response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    response.on("end", () => resolve({ status: response.statusCode ?? 502, body }));
  });
  onward.on("error", () => resolve({ status: 502, body: "{}" }));
  onward.end();
  return promise;
}
