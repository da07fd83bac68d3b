/** The list of bad input, byte for byte over a real socket, to the whole of parser, gate and a real store. */
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeTokens } from "../support/fake-backend.ts";
import { openSmallApi } from "../support/small-backend.ts";
import type { SmallApi } from "../support/small-backend.ts";

const { bearer } = fakeTokens();
let api: SmallApi;
let port: number;

beforeAll(async () => {
  api = await openSmallApi();
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  ({ port } = api.app.server.address() as AddressInfo);
});
afterAll(async () => api[Symbol.asyncDispose]());

interface Heard {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends a target as it stands, which no library would, and reads to the end. */
async function ask(target: string, headers: readonly string[] = [], method = "GET"): Promise<Heard> {
  const own = headers.some((line) => /^host:/i.test(line)) ? [] : [`host: 127.0.0.1:${port}`];
  const all = [...own, `authorization: ${bearer.viewer}`, ...headers, "connection: close"];
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.on("error", () => undefined);
  const closed = new Promise((done) => socket.once("close", done));
  socket.write(`${method} ${target} HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n`, "latin1");
  await closed;
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  return { status: Number(head.split(" ")[1]), head, body };
}

const metrics = "/v1/metrics";

describe("a question that cannot be answered is told what can be", () => {
  const cases: readonly (readonly [string, string, number, string, RegExp])[] = [
    ["metric", "/activatoins", 404, "metrics/unknown-metric", /Did you mean activations\?/],
    ["grain", "/activations?grain=dya", 400, "metrics/unknown-grain", /Did you mean day\?/],
    ["dimension", "/activations?by=modle", 400, "metrics/unknown-dimension", /Did you mean model\?/],
    ["filter", "/activations?where.modle=bulb", 400, "metrics/unknown-dimension", /Did you mean model\?/],
    ["value", "/activations?where.model=blub", 400, "metrics/unknown-value", /Did you mean bulb\?/],
    ["range turned round", "/activations?from=2026-11-10&to=2026-11-01", 400, "metrics/period-invalid", /from/],
    ["in the future", "/activations?grain=day&from=2027-01-01&to=2027-01-08", 400, "metrics/period-invalid", /future/],
    ["ten thousand years", "/activations?from=0001-01-01&to=9999-12-31", 400, "metrics/period-invalid", /year/],
    ["before the history", "/activations?from=1999-01-01&to=1999-02-01", 422, "metrics/before-history", /history begins/],
    ["a million cells", "/activations?grain=hour&range=last%2050%20years", 422, "metrics/too-many-cells", /cells/],
    ["4 dimensions", "/failure_rate?by=model,country,retries&where.ok=true", 422, "metrics/too-many-dimensions", /3/],
  ];
  for (const [name, path, status, code, says] of cases) {
    test(name, async () => {
      for (const form of ["", ".csv"]) {
        const at = path.replace(/^(\/\w+)/, `$1${form}`);
        const heard = await ask(metrics + at);
        expect(heard.head).toMatch(/content-type: application\/problem\+json/i);
        const problem = JSON.parse(heard.body) as { readonly code: string; readonly detail: string; readonly remedy: string };
        expect([heard.status, problem.code]).toEqual([status, code]);
        expect(`${problem.detail} ${problem.remedy}`).toMatch(says);
      }
    });
  }
});

describe("path tricks lead nowhere", () => {
  const tricks = [
    "/v1/metrics/..%2fstatus",
    "/v1/metrics/%2e%2e/status",
    "/v1/metrics/../status",
    "/v1/./status",
    "/v1//status",
    "//v1/status",
    "/v1/status/",
    "/V1/status",
    "/v1/metrics/activations%00.csv",
    "/v1/metrics/activations%2ecsv%00",
    "/v1/metrics/activations;x=1",
    "/v1/metrics/%61ctivations%2f..%2f..%2fstatus",
    "/v1/%73tatus",
    "/v1/metrics/%",
    "/v1/metrics/%ff",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e%2fpackage.json",
    "/v1/status#x",
    "/v1\\status",
    "v1/status",
  ];
  for (const target of tricks) {
    test(target, async () => {
      const { status, body } = await ask(target);
      // A viewer may not see the status: 403 is the same as on its own path, 400 and 404 are that there is no such path.
      expect([400, 403, 404]).toContain(status);
      expect(body).not.toMatch(/generations|"name":\s*"vitrine"|serving/);
    });
  }

  test("what a method is not for says which it is for", async () => {
    for (const method of ["POST", "DELETE", "PUT", "PATCH"]) {
      const { status, head } = await ask(`${metrics}/activations`, [], method);
      expect([status, /^allow: (.*)$/im.exec(head)?.[1]]).toEqual([405, "GET"]);
    }
    const { status, head } = await ask("/v1/session/end");
    expect([status, /^allow: (.*)$/im.exec(head)?.[1]]).toEqual([405, "POST"]);
  });
});

describe("from elsewhere", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["Host of another name", ["host: attacker.example"], "api/host-refused"],
    ["Host with a name before ours", ["host: 127.0.0.1.attacker.example"], "api/host-refused"],
    ["no Host's name", ["host: "], "api/host-refused"],
    ["Origin of another site", ["origin: https://attacker.example"], "api/origin-refused"],
    ["Origin null", ["origin: null"], "api/origin-refused"],
    ["another site's page", ["sec-fetch-site: cross-site", "sec-fetch-mode: cors"], "api/origin-refused"],
  ];
  for (const [name, headers, code] of cases) {
    test(name, async () => {
      const { status, body } = await ask(`${metrics}/activations`, headers);
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([403, code]);
    });
  }
});

describe("headers are not made of what came in", () => {
  test("a line break in a name, a filter, a reason", async () => {
    const targets = ["/activations%0d%0aset-cookie:%20x=1.csv", "/activations.csv?where.model=bulb%0d%0aset-cookie:%20x=1"];
    for (const target of targets) {
      const { status, head } = await ask(metrics + target);
      expect([400, 404]).toContain(status);
      expect(head).not.toMatch(/set-cookie/i);
    }
  });

  test("a header that goes on in the next line, and one with a NUL", async () => {
    for (const line of ["x: a\r\n set-cookie: x=1", "x: a\0b", "x : a", "x: a\rb"])
      expect((await ask(`${metrics}/activations`, [line])).status).toBe(400);
  });
});
