/** The guard asks every route of the API that is not everybody's; its list is held to the API's own description. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { everyones, guarded } from "../../src/guard/services/vitrine/routes.ts";
import type { SmallApi } from "../support/small-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";

let api: SmallApi;
beforeAll(async () => {
  api = await openSmallApi();
});
afterAll(async () => api[Symbol.asyncDispose]());

test("a route that is described is in one of the guard's two lists (src/guard/services/vitrine/routes.ts), and every line there is a route", async () => {
  const { paths } = (await api.get("/v1/openapi.json")).json<{ readonly paths: Readonly<Record<string, object>> }>();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.length).toBeGreaterThan(10);
  expect([...Object.keys(guarded), ...everyones].toSorted()).toEqual(described.toSorted());
});

test("what the guard holds to be guarded can be asked without writing, and is", async () => {
  for (const route of Object.keys(guarded)) {
    const [method, path = ""] = route.split(" ");
    expect(method).toBe("GET");
    const { statusCode } = await api.app.inject({ url: path.replace("{name}", "vitrine-guard"), headers: { host: "127.0.0.1" } });
    expect([route, statusCode]).toEqual([route, 401]);
  }
});
