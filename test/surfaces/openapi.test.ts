/** The description is generated, and what it gives as an example is asked as it stands. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SmallApi } from "../support/small-backend.ts";
import { lifted, openSmallApi } from "../support/small-backend.ts";

interface Operation {
  readonly operationId: string;
  readonly "x-examples"?: readonly { readonly summary: string; readonly url: string }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly pattern?: string; readonly enum?: readonly string[] };
  }[];
  readonly responses: Readonly<Record<string, object>>;
}
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let api: SmallApi;
let description: Description;
beforeAll(async () => {
  api = await openSmallApi();
  description = (await api.get("/v1/openapi.json")).json();
});
afterAll(async () => api[Symbol.asyncDispose]());

function operations(): readonly Operation[] {
  return Object.values(description.paths).flatMap((path) => Object.values(path));
}

describe("OpenAPI", () => {
  test("is 3.1, every operation has a name of its own, an answer and a problem", () => {
    expect(description.openapi).toBe("3.1.0");
    const names = operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { responses } of operations()) expect(Object.keys(responses)).toContain("default");
  });

  test("every example is answered, for an administrator", async () => {
    const examples = operations().flatMap((operation) => operation["x-examples"] ?? []);
    expect(examples.length).toBeGreaterThan(20);
    for (const { url } of examples) {
      const { statusCode, body } = await api.get(url);
      expect([url, statusCode, statusCode === 200 ? "" : body]).toEqual([url, 200, ""]);
    }
  });

  test("names the metrics that there are, and every dimension as a filter", async () => {
    const parameters = description.paths["/v1/metrics/{name}"]?.["get"]?.parameters ?? [];
    expect(parameters.find(({ name }) => name === "name")?.schema.enum).toEqual(["activations", "failure_rate"].toSorted());
    expect(parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["where.model", "where.country", "compare", "top", "reason"]),
    );
  });

  test("its patterns are patterns, also for a strict reader", () => {
    const patterns = operations().flatMap(({ parameters }) => parameters.flatMap(({ schema }) => schema.pattern ?? []));
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });

  test("is asked again by its ETag and is not sent twice", async () => {
    const first = await api.get("/v1/openapi.json");
    const again = await api.app.inject({
      url: "/v1/openapi.json",
      headers: {
        host: "127.0.0.1",
        ...lifted,
        authorization: String(first.raw.req.headers["authorization"]),
        "if-none-match": String(first.headers["etag"]),
      },
    });
    expect([again.statusCode, again.body, again.headers["etag"]]).toEqual([304, "", first.headers["etag"]]);
  });
});

describe("ETags of answers", () => {
  const url = "/v1/metrics/failure_rate?grain=day&range=last%207%20days";

  test("the same question at the same position is not sent again; another question is", async () => {
    const first = await api.get(url);
    const headers = {
      host: "127.0.0.1",
      ...lifted,
      authorization: String(first.raw.req.headers["authorization"]),
      "if-none-match": String(first.headers["etag"]),
    };
    expect((await api.app.inject({ url, headers })).statusCode).toBe(304);
    expect((await api.app.inject({ url: `${url}&by=model`, headers })).statusCode).toBe(200);
    expect((await api.app.inject({ url: "/v1/metrics/failure_rate.csv?range=last%207%20days", headers })).statusCode).toBe(200);
  });

  test("an answer is private, and is asked about before it is shown again", async () => {
    const { headers } = await api.get(url);
    expect(headers["cache-control"]).toBe("private, no-cache");
    expect(headers["vary"]).toContain("cookie");
  });
});
