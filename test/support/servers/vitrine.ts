/** Our own server in this process, over a backend of constants: as it is shipped, and with each of the faults that its guard is for. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { openListener } from "../../../src/api/listen.ts";
import { everyone } from "../../../src/api/http/route.ts";
import { routes } from "../../../src/api/http/routes.ts";
import { createApi } from "../../../src/api/server.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import { fakeBackend, fakeTokens, noPeople } from "../fake-backend.ts";
import type { Fixture, Running } from "./fixture.ts";

type Start = Fixture["start"];
const version = "0.1.0";
const { entries, bearer } = fakeTokens();
const options = { backend: fakeBackend(), hosts: [], tokens: () => entries, ...noPeople(), version, nowMs: () => 0 } as const;

interface Front {
  /** What the proxy adds to requests for this path. */
  readonly loginOn?: string;
  /** What the proxy gives by itself. */
  readonly files?: Readonly<Record<string, Buffer | string>>;
  /** What every file that is not there is answered with, as for pages of one file. */
  readonly fallback?: string;
}

export const vitrineShipped: Start = async () => {
  const listener = await openListener(options, { tag: "tcp", host: "127.0.0.1", port: 0 });
  return running(listener.port, "auth-required", () => listener.close());
};

/** One route, with its guard taken away. */
export const vitrineUnguarded =
  (path: string, expected: Seen): Start =>
  async () =>
    unguarded(path, expected);

/** A proxy that gives everybody a token, on one path. */
export const vitrineProxyLogsIn: Start = () => behind({ loginOn: "/v1/metrics/" }, "anonymous-accepted");
export const vitrineProxyLogsInNamed: Start = () => behind({ loginOn: "/v1/metrics/" }, "counts-readable", "activations");
export const vitrineStateServed: Start = () =>
  behind({ files: { "/.vitrine/state.sqlite": "SQLite format 3\0 made up" } }, "data-readable");
export const vitrineEnvServed: Start = () => behind({ files: { "/.env": "MADE_UP=1\nOTHER=2\n" } }, "data-readable");
/** A page for every path that is no route: no file, and yet 200. */
export const vitrineFallbackPage: Start = () => behind({ fallback: "<!doctype html><title>made up</title>" }, "unknown");

export const notVitrine: Start = async () => {
  const server = createServer((_incoming, outgoing) => outgoing.writeHead(401, { "www-authenticate": "Basic" }).end());
  return listening(server, "unknown");
};

async function unguarded(path: string, expected: Seen): Promise<Running> {
  const route = routes.find((one) => one.path === path);
  if (route === undefined) throw new Error(`no route ${path}`);
  const { access } = route;
  Object.assign(route, { access: everyone });
  try {
    const app = await createApi(options);
    await app.listen({ host: "127.0.0.1", port: 0 });
    return running((app.server.address() as AddressInfo).port, expected, () => app.close());
  } finally {
    Object.assign(route, { access });
  }
}

async function behind({ loginOn, files = {}, fallback }: Front, expected: Seen, name = ""): Promise<Running> {
  const listener = await openListener(options, { tag: "tcp", host: "127.0.0.1", port: 0 });
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    const file = files[path];
    if (file !== undefined || (fallback !== undefined && !/^\/(?:v1\/|metrics)/.test(path))) {
      outgoing.setHeader("content-type", file === undefined ? "text/html" : "application/octet-stream");
      outgoing.end(file ?? fallback);
      return;
    }
    const login = loginOn !== undefined && path.startsWith(loginOn) ? { authorization: bearer.viewer } : {};
    const onward = request(
      { host: "127.0.0.1", port: listener.port, path, method: incoming.method, agent: false, headers: { ...incoming.headers, ...login } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.writeHead(502).end());
    onward.end();
  });
  return listening(server, expected, name, () => listener.close());
}

async function listening(
  server: ReturnType<typeof createServer>,
  expected: Seen,
  name = "",
  end: () => Promise<unknown> = async () => undefined,
): Promise<Running> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await end();
  };
  return running((server.address() as AddressInfo).port, expected, close, name);
}

function running(port: number, expected: Seen, close: () => Promise<unknown>, name = ""): Running {
  return {
    url: `vitrine://127.0.0.1:${port}/${name}`,
    title: "Vitrine",
    version,
    evidence: "vendor",
    expected,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
