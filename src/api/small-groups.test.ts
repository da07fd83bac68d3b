/** Who is shown small groups: an analyst who says why, in the audit log. */
import { describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import type { ApiOptions } from "./server.ts";
import { createApi } from "./server.ts";

const { entries, bearer } = fakeTokens();

const open = async (options: Pick<ApiOptions, "backend"> & Partial<ApiOptions>) =>
  createApi({ hosts: [], tokens: () => entries, ...noPeople(), version: "0.1.0", nowMs: () => 0, ...options });

function asked({
  reason,
  authorization,
}: {
  readonly reason?: string | undefined;
  readonly authorization: string;
}): Record<string, string> {
  return { host: "127.0.0.1", authorization, ...(reason === undefined ? {} : { "vitrine-reason": reason }) };
}

describe("small groups", () => {
  const ask = async (authorization: string, { url = "/v1/metrics/activations", reason }: { url?: string; reason?: string } = {}) => {
    const backend = fakeBackend();
    const app = await open({ backend });
    const { statusCode } = await app.inject({ url, headers: asked({ authorization, reason }) });
    return { statusCode, rights: backend.questions.map((question) => question.rights) };
  };
  const kept = { facts: false, audience: "viewer" };

  test("without a reason everybody gets what a viewer gets", async () => {
    for (const role of ["viewer", "analyst", "responder", "admin"] as const)
      expect(await ask(bearer[role])).toEqual({ statusCode: 200, rights: [kept] });
  });

  for (const role of ["analyst", "admin"] as const) {
    test(`an ${role} with a reason gets them, and is named`, async () => {
      const lifted = { facts: true, audience: "analyst", audit: { name: role, role, via: "token", reason: "ticket 7" } };
      expect(await ask(bearer[role], { reason: "ticket 7" })).toEqual({ statusCode: 200, rights: [lifted] });
      expect(await ask(bearer[role], { url: "/v1/metrics/activations?reason=ticket%207" })).toEqual({
        statusCode: 200,
        rights: [lifted],
      });
    });
  }

  test("a viewer does not get them for a reason", async () => {
    for (const extension of ["", ".csv", ".parquet"])
      expect(await ask(bearer.viewer, { url: `/v1/metrics/activations${extension}?reason=because` })).toEqual({
        statusCode: 403,
        rights: [],
      });
  });

  for (const [name, reason] of Object.entries({
    empty: "",
    short: "x",
    long: "x".repeat(201),
    spaces: "      ",
    "turned around": "for ‮gnihton",
    "with what cannot be seen": "tic​ket 7",
  })) {
    test(`a reason that is none: ${name}`, async () => {
      const url = `/v1/metrics/activations?reason=${encodeURIComponent(reason)}`;
      expect(await ask(bearer.analyst, { url })).toEqual({ statusCode: 400, rights: [] });
    });
  }

  test("two reasons", async () => {
    const url = "/v1/metrics/activations?reason=because";
    expect(await ask(bearer.analyst, { url, reason: "for another" })).toEqual({ statusCode: 400, rights: [] });
  });

  test("the owner of the state folder has the store", async () => {
    const backend = fakeBackend();
    const app = await open({ backend, ownerRole: "admin" });
    await app.inject({ url: "/v1/metrics/activations", headers: { host: "localhost" } });
    expect(backend.questions[0]?.rights).toEqual({ facts: true, audience: "analyst" });
  });

  test("an answer that cannot be written down is not given", async () => {
    const backend = fakeBackend({ answer: async () => Promise.reject(new Error("disk full")) });
    const answer = await (
      await open({ backend })
    ).inject({ url: "/v1/metrics/activations?reason=because", headers: asked({ authorization: bearer.analyst }) });
    expect(answer.statusCode).toBe(500);
  });
});
