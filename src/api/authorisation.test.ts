/**
 * The authorisation matrix (house style F): rows come from the API description, columns are roles, anonymous first. A route that is
 * described and has no row here fails; so does a row without a route.
 */
import { describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens } from "../../test/support/fake-backend.ts";
import { createApi } from "./server.ts";
import { roles } from "./tokens.ts";
import type { Role } from "./tokens.ts";

type Column = "anonymous" | Role;
const columns: readonly Column[] = ["anonymous", ...roles];

/** Expected status by path, in the order of `columns`. */
const matrix: Readonly<Record<string, readonly number[]>> = {
  "/v1/metrics": [401, 200, 200, 200, 200],
  "/v1/metrics/{name}": [401, 200, 200, 200, 200],
  "/v1/status": [401, 403, 200, 200, 200],
  "/v1/proof": [401, 403, 403, 200, 200],
  "/metrics": [401, 403, 200, 200, 200],
  "/openapi.json": [401, 200, 200, 200, 200],
  "/healthz": [200, 200, 200, 200, 200],
  "/readyz": [200, 200, 200, 200, 200],
};

/** Open to everyone. May only shrink; edited by hand. */
const exempt = ["/healthz", "/readyz"];

const { entries, bearer } = fakeTokens();

async function open() {
  return createApi({ backend: fakeBackend(), hosts: [], tokens: () => entries, version: "0.1.0", nowMs: () => 0 });
}

function headersOf(column: Column): Record<string, string> {
  return { host: "127.0.0.1", ...(column === "anonymous" ? {} : { authorization: bearer[column] }) };
}

describe("authorisation", async () => {
  const app = await open();
  const described = await app.inject({ url: "/openapi.json", headers: headersOf("admin") });
  const paths = Object.keys(described.json<{ paths: object }>().paths);

  test("every described path has a row, and every row is described", () => {
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.toSorted()).toEqual(Object.keys(matrix).toSorted());
  });

  test("every route of the application is described", async () => {
    const printed = app.printRoutes({ commonPrefix: false });
    expect(printed.match(/\(GET\)/g)).toHaveLength(paths.length);
    expect(printed).not.toMatch(/POST|PUT|DELETE|PATCH|HEAD/);
  });

  test("only health is open to everyone", () => {
    const exposed = Object.entries(matrix).filter(([, row]) => row[0] !== 401);
    expect(exposed.map(([path]) => path).toSorted()).toEqual(exempt);
  });

  for (const [path, row] of Object.entries(matrix)) {
    for (const [index, column] of columns.entries()) {
      test(`${column} GET ${path} → ${row[index]}`, async () => {
        const answer = await app.inject({ url: path.replace("{name}", "activations"), headers: headersOf(column) });
        expect(answer.statusCode).toBe(row[index]);
      });
    }
  }

  test("401 is the same whether the thing exists or not", async () => {
    const urls = ["/v1/metrics/activations", "/v1/metrics/nothing", "/v1/nothing", "/", "/v1/status"];
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
