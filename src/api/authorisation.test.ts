/**
 * The authorisation matrix (house style F): rows come from the API description, columns are roles, anonymous first. A route that is
 * described and has no row here fails; so does a row without a route.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import { createApi } from "./server.ts";
import { roles } from "./tokens.ts";
import type { Role } from "./tokens.ts";

type Column = "anonymous" | Role;
const columns: readonly Column[] = ["anonymous", ...roles];

/** Expected status by method and path, in the order of `columns`. */
const matrix: Readonly<Record<string, readonly number[]>> = {
  "GET /v1/metrics": [401, 200, 200, 200, 200],
  "GET /v1/metrics/{name}": [401, 200, 200, 200, 200],
  "GET /v1/metrics/{name}.csv": [401, 200, 200, 200, 200],
  "GET /v1/metrics/{name}.parquet": [401, 200, 200, 200, 200],
  "GET /v1/status": [401, 403, 200, 200, 200],
  "GET /v1/proof": [401, 403, 403, 200, 200],
  "GET /v1/copy": [401, 403, 200, 200, 200],
  "GET /v1/audit": [401, 403, 403, 403, 200],
  "GET /v1/guard/assets": [401, 403, 403, 200, 200],
  "GET /v1/guard/verdicts": [401, 403, 403, 200, 200],
  "GET /v1/guard/alarms": [401, 403, 403, 200, 200],
  "POST /v1/guard/alarms/{name}/acknowledge": [401, 403, 403, 200, 200],
  "GET /v1/guard/events": [401, 403, 403, 200, 200],
  "GET /v1/openapi.json": [401, 200, 200, 200, 200],
  "GET /metrics": [401, 403, 200, 200, 200],
  "GET /v1/session": [200, 200, 200, 200, 200],
  "POST /v1/session": [403, 403, 403, 403, 403],
  "POST /v1/session/end": [200, 200, 200, 200, 200],
  "GET /v1/login/oidc": [404, 404, 404, 404, 404],
  "GET /v1/login/oidc/callback": [404, 404, 404, 404, 404],
  "GET /": [200, 200, 200, 200, 200],
  "GET /assets/{name}": [200, 200, 200, 200, 200],
  "GET /healthz": [200, 200, 200, 200, 200],
  "GET /readyz": [200, 200, 200, 200, 200],
};

/** A body with which the route does its work, or refuses it for its own reason (a code that is not known). */
const payloads: Readonly<Record<string, object>> = { "POST /v1/session": { code: "A".repeat(43) } };

/** Open to everyone: health, the page without a number, and log-in. May only shrink; edited by hand. */
const exempt = [
  "GET /",
  "GET /assets/{name}",
  "GET /healthz",
  "GET /readyz",
  "GET /v1/login/oidc",
  "GET /v1/login/oidc/callback",
  "GET /v1/session",
  "POST /v1/session",
  "POST /v1/session/end",
];

const { entries, bearer } = fakeTokens();

/** A page of one file, as the build leaves it. */
async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-page-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await writeFile(join(folder, "assets", "activations.js"), "");
  return folder;
}

async function open(webFolder: string) {
  return createApi({
    webFolder,
    backend: fakeBackend(),
    hosts: [],
    tokens: () => entries,
    ...noPeople(),
    version: "0.1.0",
    nowMs: () => 0,
  });
}

function headersOf(column: Column): Record<string, string> {
  return { host: "127.0.0.1", ...(column === "anonymous" ? {} : { authorization: bearer[column] }) };
}

/** What is there, of what is not a metric. */
const names = [
  ["/assets/", "activations.js"],
  ["/v1/guard/alarms/", "cache.1795351201000"],
] as const;

describe("authorisation", async () => {
  const folder = await buildPage();
  const app = await open(folder);
  const described = await app.inject({ url: "/v1/openapi.json", headers: headersOf("admin") });
  const paths = described.json<{ paths: Record<string, object> }>().paths;
  const rows = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));

  afterAll(async () => rm(folder, { recursive: true }));

  async function ask(row: string, column: Column) {
    const [method = "", path = ""] = row.split(" ");
    const name = names.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "activations";
    const headers = { ...headersOf(column), ...(method === "POST" ? { origin: "http://127.0.0.1" } : {}) };
    const payload = payloads[row];
    const request = { method: method as "GET", url: path.replace("{name}", name), headers, ...(payload === undefined ? {} : { payload }) };
    // It goes on for as long as somebody listens.
    if (!path.endsWith("/events")) return app.inject(request);
    const answer = await app.inject({ ...request, payloadAsStream: true });
    answer.stream().destroy();
    return answer;
  }

  test("every described route has a row, and every row is described", () => {
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.toSorted()).toEqual(Object.keys(matrix).toSorted());
  });

  test("every route of the application is described", async () => {
    const printed = app.printRoutes({ commonPrefix: false });
    expect(
      printed
        .match(/\((GET|POST|GET, POST)\)/g)
        ?.join()
        .match(/GET|POST/g),
    ).toHaveLength(rows.length);
    expect(printed).not.toMatch(/PUT|DELETE|PATCH|HEAD|OPTIONS/);
  });

  test("only health, the page and log-in are open to everyone", () => {
    const exposed = Object.entries(matrix).filter(([, row]) => row[0] !== 401);
    expect(exposed.map(([path]) => path).toSorted()).toEqual(exempt);
  });

  for (const [row, expected] of Object.entries(matrix)) {
    for (const [index, column] of columns.entries()) {
      test(`${column} ${row} → ${expected[index]}`, async () => {
        expect((await ask(row, column)).statusCode).toBe(expected[index]);
      });
    }
  }

  test("an alarm that is not there cannot be acknowledged, nor one whose name is none", async () => {
    for (const name of ["cache.1", "%C2%84", "..", "Cache"]) {
      const url = `/v1/guard/alarms/${name}/acknowledge`;
      const answer = await app.inject({ method: "POST", url, headers: { ...headersOf("admin"), origin: "http://127.0.0.1" } });
      expect(answer.statusCode).toBe(404);
    }
  });

  test("401 is the same whether the thing exists or not", async () => {
    const urls = ["/v1/metrics/activations", "/v1/metrics/nothing", "/v1/nothing", "/assets", "/v1/status"];
    const bodies = await Promise.all(urls.map(async (url) => app.inject({ url, headers: headersOf("anonymous") })));
    expect(new Set(bodies.map((answer) => answer.body)).size).toBe(1);
    expect(bodies[0]?.json()).toMatchObject({ code: "api/unauthorized", status: 401 });
    expect(bodies[0]?.headers["www-authenticate"]).toBe("Bearer");
  });

  test("403 is the same on every path", async () => {
    const bodies = await Promise.all(
      ["/v1/status", "/v1/proof", "/v1/status?x=1"].map(async (url) => app.inject({ url, headers: headersOf("viewer") })),
    );
    expect(new Set(bodies.map((answer) => answer.body)).size).toBe(1);
    expect(bodies[0]?.json()).toMatchObject({ code: "api/forbidden" });
  });

  test("404 does not repeat what was asked for", async () => {
    const answer = await app.inject({ url: "/v1/secret-thing", headers: headersOf("admin") });
    expect(answer.json()).toMatchObject({ code: "api/not-found", status: 404 });
    expect(answer.body).not.toContain("secret-thing");
  });
});
