/** One small test for each attack or mistake, named after it. */
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import { VitrineError } from "../model/error.ts";
import type { ApiEvent, ApiOptions } from "./server.ts";
import { createApi } from "./server.ts";

const { entries, bearer } = fakeTokens();
const apps: FastifyInstance[] = [];

async function open(options: Partial<ApiOptions> = {}) {
  const app = await createApi({
    backend: fakeBackend(),
    hosts: ["metrics.example"],
    tokens: () => entries,
    ...noPeople(),
    version: "0.1.0",
    nowMs: () => Date.parse("2026-11-22T14:00:00Z"),
    ...options,
  });
  apps.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map(async (app) => app.close()));
});

const asked = (headers: Record<string, string | undefined> = {}) => {
  const all = { host: "127.0.0.1:8340", authorization: bearer.viewer, ...headers };
  return Object.fromEntries(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined));
};

async function codeOf(app: FastifyInstance, url: string, headers: Record<string, string | undefined> = {}) {
  const answer = await app.inject({ url, headers: asked(headers) });
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const problem = answer.json<{ status: number; code: string; remedy: string; type: string }>();
  expect(problem.status).toBe(answer.statusCode);
  expect(problem.type).toBe(`urn:vitrine:problem:${problem.code}`);
  expect(problem.remedy).not.toBe("");
  return [answer.statusCode, problem.code] as const;
}

describe("who may come in", () => {
  test("a Host header of another name is DNS rebinding", async () => {
    expect(await codeOf(await open(), "/v1/metrics", { host: "attacker.example" })).toEqual([403, "api/host-refused"]);
  });

  test("also for health, which needs no token", async () => {
    expect(await codeOf(await open(), "/healthz", { host: "attacker.example" })).toEqual([403, "api/host-refused"]);
  });

  for (const host of [
    "127.0.0.1.attacker.example",
    "localhost@attacker.example",
    "127.0.0.1:80:80",
    "[::1",
    "localhost, attacker.example",
    " ",
  ]) {
    test(`Host ${JSON.stringify(host)} is refused`, async () => {
      expect(await codeOf(await open(), "/v1/metrics", { host })).toEqual([403, "api/host-refused"]);
    });
  }

  for (const host of ["localhost", "LOCALHOST:8340", "[::1]:8340", "metrics.example"]) {
    test(`Host ${host} is allowed`, async () => {
      const answer = await (await open()).inject({ url: "/v1/metrics", headers: asked({ host }) });
      expect(answer.statusCode).toBe(200);
    });
  }

  for (const origin of [
    "https://attacker.example",
    "null",
    "https://127.0.0.1:8340",
    "http://attacker.example/?http://localhost",
    "file://",
  ]) {
    test(`Origin ${origin} is refused, though on loopback`, async () => {
      expect(await codeOf(await open(), "/v1/metrics", { origin })).toEqual([403, "api/origin-refused"]);
    });
  }

  test("its own Origin is allowed", async () => {
    const answer = await (await open()).inject({ url: "/v1/metrics", headers: asked({ origin: "http://127.0.0.1:8340" }) });
    expect(answer.statusCode).toBe(200);
  });

  test("a browser's request from another site is refused without Origin, too", async () => {
    expect(await codeOf(await open(), "/v1/metrics", { "sec-fetch-site": "cross-site" })).toEqual([403, "api/origin-refused"]);
  });

  const wrong: Readonly<Record<string, string | undefined>> = {
    "no token": undefined,
    "an empty token": "Bearer ",
    "another scheme": "Basic dXNlcjpwYXNz",
    "a token without the scheme": bearer.admin.slice("Bearer ".length),
    "a wrong token of the right shape": `Bearer vt_${"A".repeat(43)}`,
    "a token with a character more": `${bearer.admin}A`,
    "a token with a character less": bearer.admin.slice(0, -1),
    "a token in another case": bearer.admin.toLowerCase(),
    "the hash instead of the token": `Bearer ${entries[0]?.sha256}`,
    "two tokens": `${bearer.admin}, ${bearer.admin}`,
  };
  for (const [name, authorization] of Object.entries(wrong)) {
    test(`${name} is refused`, async () => {
      expect(await codeOf(await open(), "/v1/metrics", { authorization })).toEqual([401, "api/unauthorized"]);
    });
  }

  test("a revoked token ends at once", async () => {
    let current = entries;
    const app = await open({ tokens: () => current });
    expect((await app.inject({ url: "/v1/metrics", headers: asked() })).statusCode).toBe(200);
    current = [];
    expect(await codeOf(app, "/v1/metrics")).toEqual([401, "api/unauthorized"]);
  });

  test("an entry with a broken hash lets nobody in and breaks nothing", async () => {
    const app = await open({ tokens: () => [{ name: "broken", role: "admin", sha256: "" }, ...entries] });
    expect(await codeOf(app, "/v1/metrics", { authorization: `Bearer vt_${"B".repeat(43)}` })).toEqual([401, "api/unauthorized"]);
    expect((await app.inject({ url: "/v1/metrics", headers: asked() })).statusCode).toBe(200);
  });

  test("a token in the address is none", async () => {
    const token = bearer.admin.slice("Bearer ".length);
    expect(await codeOf(await open(), `/v1/metrics?token=${token}&access_token=${token}`, { authorization: undefined })).toEqual([
      401,
      "api/unauthorized",
    ]);
  });

  test("the owner's socket needs no token", async () => {
    const answer = await (await open({ ownerRole: "admin" })).inject({ url: "/v1/proof", headers: { host: "localhost" } });
    expect(answer.statusCode).toBe(200);
  });

  for (const method of ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "QUERY" as "PUT"] as const) {
    test(`${method} does not exist`, async () => {
      const app = await open();
      const answer = await app.inject({ method, url: "/v1/metrics", headers: asked() });
      expect([answer.statusCode, answer.headers["allow"]]).toEqual([405, "GET"]);
      expect((await app.inject({ method, url: "/v1/nothing", headers: asked() })).statusCode).toBe(404);
      expect((await app.inject({ method, url: "/v1/metrics", headers: asked({ authorization: undefined }) })).statusCode).toBe(401);
    });
  }
});

describe("what may be asked", () => {
  test("a question reaches the backend as it was asked", async () => {
    const backend = fakeBackend();
    const app = await open({ backend });
    const url =
      "/v1/metrics/activations?grain=day&from=2026-11-01&to=2026-11-03&by=model,country&where.country=US&where.country=GB&limit=5";
    expect((await app.inject({ url, headers: asked() })).statusCode).toBe(200);
    expect(backend.questions).toEqual([
      {
        rights: { facts: false, audience: "viewer" },
        question: {
          metric: "activations",
          grain: "day",
          from: "2026-11-01",
          to: "2026-11-03",
          by: ["model", "country"],
          where: { country: ["US", "GB"] },
          limit: "5",
        },
      },
    ]);
  });

  const bad: Readonly<Record<string, string>> = {
    "an unknown parameter": "/v1/metrics/activations?sql=1",
    "a parameter on a path that takes none": "/v1/metrics?grain=day",
    "a parameter twice": "/v1/metrics/activations?grain=day&grain=hour",
    "a control character in a value": "/v1/metrics/activations?where.model=a%00b",
    "a line break in a value": "/v1/metrics/activations?from=2026-11-01%0d%0aSet-Cookie:x",
    "an escape sequence in a value": "/v1/metrics/activations?where.model=%1b[31m",
    "a filter on no name": "/v1/metrics/activations?where.=a",
    "a filter on __proto__": "/v1/metrics/activations?where.__proto__=a",
    "__proto__ as parameter": "/v1/metrics/activations?__proto__=a",
    "constructor as parameter": "/v1/metrics/activations?constructor=a",
    "too many parameters": `/v1/metrics/activations?${"where.a=1&".repeat(301)}`,
    "a broken escape in the path": "/v1/metrics/%E0%A4%A",
  };
  for (const [name, url] of Object.entries(bad)) {
    test(`${name} is refused`, async () => {
      expect(await codeOf(await open(), url)).toEqual([400, "api/bad-request"]);
    });
  }

  test("what was sent is not repeated", async () => {
    const app = await open();
    const marker = "mallory@example.com";
    for (const url of [
      `/v1/metrics/${marker}`,
      `/v1/metrics/activations?${marker}=1`,
      `/v1/metrics/activations?grain=${marker}&grain=1`,
      `/${marker}`,
    ]) {
      expect((await app.inject({ url, headers: asked() })).body).not.toContain("mallory");
    }
  });

  test("an address beyond the limit", async () => {
    expect(await codeOf(await open(), `/v1/metrics/activations?from=${"1".repeat(5000)}`)).toEqual([414, "api/too-large"]);
  });

  test("a metric that does not exist", async () => {
    expect(await codeOf(await open(), "/v1/metrics/nothing")).toEqual([404, "metrics/unknown-metric"]);
  });

  for (const name of ["..%2f..%2fetc", "a%00", "%2e%2e", "x".repeat(90)]) {
    test(`a metric called ${name.slice(0, 20)}`, async () => {
      expect((await codeOf(await open(), `/v1/metrics/${name}`))[0]).toBe(404);
    });
  }
});

describe("what comes out", () => {
  test("only declared properties", async () => {
    const leaky = fakeBackend();
    const app = await open({
      backend: fakeBackend({
        answer: async (question, options) =>
          ({
            ...(await leaky.answer(question, options)),
            secret: "mallory",
            reasons: [{ reason: "lag", message: "m", remedy: "r", secret: "mallory" }],
            cells: [
              {
                period: "2026-11-01",
                by: { model: '"cells":[]' },
                count: 1,
                value: 1,
                secret: "mallory",
                before: { count: 1, value: 1, secret: "mallory" },
              },
            ],
          }) as never,
        status: async () => ({ ...(await leaky.status()), secret: "mallory" }),
      }),
    });
    const answer = await app.inject({ url: "/v1/metrics/activations", headers: asked() });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain("mallory");
    expect((await app.inject({ url: "/v1/status", headers: asked({ authorization: bearer.admin }) })).body).not.toContain("mallory");
  });

  test("the envelope, whole", async () => {
    const answer = await (await open()).inject({ url: "/v1/metrics/activations", headers: asked() });
    expect(answer.json()).toEqual({
      metric: "activations",
      title: "Activations",
      kind: "count",
      unit: "devices",
      owner: "",
      format: "number",
      question: { metric: "activations", grain: "day", from: "2026-11-01", to: "2026-11-03", by: ["model"], where: { country: ["US"] } },
      state: "ready",
      reasons: [],
      notes: [],
      class: "live",
      k: 10,
      applied: { lsn: "0/10", at: "2026-11-22T14:00:00.000Z" },
      proven: { lsn: "0/10", at: "2026-11-22T14:00:00.000Z" },
      lagMs: 400,
      definitionVersion: "0123456789abcdef",
      generation: 1,
      from: "day__model__country",
      cells: [
        { period: "2026-11-01", by: { model: "cam-1" }, count: 12, value: 12, atLeastK: true },
        { period: "2026-11-01", by: { model: null }, count: 1, value: 1 },
      ],
      cellsWithheld: 0,
    });
  });

  test("a failure's own text is kept back and its code logged", async () => {
    const events: ApiEvent[] = [];
    const app = await open({
      log: (event) => events.push(event),
      backend: fakeBackend({ metrics: async () => Promise.reject(new Error("duplicate key (email)=(mallory@example.com)")) }),
    });
    const answer = await app.inject({ url: "/v1/metrics", headers: asked() });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, "api/internal"]);
    expect(answer.body + JSON.stringify(events)).not.toContain("mallory");
    expect(events).toEqual([{ level: "error", event: "failed", status: 500, code: "api/internal" }]);
  });

  test("a foreign error that poses as Fastify's does not choose its text", async () => {
    const error = Object.assign(new Error("mallory@example.com"), { statusCode: 400, code: "FST_X" });
    const answer = await (
      await open({ backend: fakeBackend({ metrics: async () => Promise.reject(error) }) })
    ).inject({ url: "/v1/metrics", headers: asked() });
    expect(answer.body).not.toContain("mallory");
  });

  test("security headers on answers, refusals and misses", async () => {
    const app = await open();
    for (const url of ["/v1/metrics", "/v1/status", "/nothing", "/v1/metrics/%E0%A4%A"]) {
      const { headers } = await app.inject({ url, headers: asked() });
      expect(headers, url).toMatchObject({
        "cache-control": url === "/v1/metrics" ? "private, no-cache" : "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(headers["server"]).toBeUndefined();
    }
  });

  test("a backend that does not answer is a timeout", async () => {
    const app = await open({ limits: { answerMs: 20 }, backend: fakeBackend({ metrics: async () => new Promise(() => undefined) }) });
    expect(await codeOf(app, "/v1/metrics")).toEqual([504, "api/timeout"]);
  });

  test("more questions at once than the limit", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly []>();
    const app = await open({ limits: { answering: 1 }, backend: fakeBackend({ metrics: async () => promise }) });
    const first = app.inject({ url: "/v1/metrics", headers: asked() });
    await new Promise((done) => setImmediate(done));
    expect(await codeOf(app, "/v1/metrics")).toEqual([503, "api/busy"]);
    resolve([]);
    expect((await first).statusCode).toBe(200);
    expect((await app.inject({ url: "/v1/metrics", headers: asked() })).statusCode).toBe(200);
  });

  test("not ready is 503 with the state", async () => {
    const app = await open({ backend: fakeBackend({ ready: async () => ({ ready: false, state: "building" }) }) });
    const answer = await app.inject({ url: "/readyz", headers: asked({ authorization: undefined }) });
    expect([answer.statusCode, answer.json()]).toEqual([503, { ready: false, state: "building" }]);
  });

  test("an operational failure keeps its code, sentence and remedy", async () => {
    const backend = fakeBackend({
      answer: async () => Promise.reject(new VitrineError("metrics/too-slow", { message: "Too slow for this.", remedy: "Ask less." })),
    });
    const answer = await (await open({ backend })).inject({ url: "/v1/metrics/activations", headers: asked() });
    expect(answer.json()).toMatchObject({ status: 504, code: "metrics/too-slow", detail: "Too slow for this.", remedy: "Ask less." });
  });

  test("Prometheus: what is unknown is NaN", async () => {
    const answer = await (await open()).inject({ url: "/metrics", headers: asked({ authorization: bearer.analyst }) });
    expect(answer.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(answer.body).toContain('vitrine_lag_seconds{generation="1"} NaN\n');
    expect(answer.body).toContain('vitrine_applied_age_seconds{generation="1"} 2\n');
    expect(answer.body).toContain('vitrine_rows{generation="1",table="devices"} 5\n');
    expect(answer.body).toContain('vitrine_untrusted{generation="1",table="devices",reason="truncated"} 1\n');
  });

  test("OpenAPI names every declared dimension as a filter", async () => {
    const description = (await (await open()).inject({ url: "/v1/openapi.json", headers: asked() })).json<{
      openapi: string;
      paths: Record<string, { get: { parameters: { name: string }[] } }>;
    }>();
    expect(description.openapi).toBe("3.1.0");
    expect(description.paths["/v1/metrics/{name}"]?.get.parameters.map(({ name }) => name)).toContain("where.model");
  });
});
