/** The HTTP side over a real store with the small world in it: what comes out here has gone through parser, cells and schemas. */
import type { FastifyInstance, LightMyRequestResponse as Response } from "fastify";
import type { ApiOptions } from "../../src/api/server.ts";
import { createApi } from "../../src/api/server.ts";
import { compileMetrics } from "../../src/metrics/compile.ts";
import { describeMetrics } from "../../src/metrics/describe.ts";
import { ask } from "../../src/metrics/respond.ts";
import type { Declaration } from "../../src/policy/declaration.ts";
import { fakeBackend, fakeTokens, noPeople } from "./fake-backend.ts";
import { declaration, makeWorld, openSmallMirror, readyStatus, schema } from "./small-world.ts";

export interface SmallApi extends AsyncDisposable {
  readonly app: FastifyInstance;
  /** GET with a token of that role; by default an administrator who lifts k, so that every cell is there. */
  get(url: string, role?: "viewer" | "analyst" | "admin"): Promise<Response>;
}

/** The header with which an analyst or an administrator is given every cell. */
export const lifted = { "vitrine-reason": "a test" } as const;

/** In the evening of 22 November 2026. */
export async function openSmallApi(options: Partial<ApiOptions> = {}, declared: Declaration = declaration): Promise<SmallApi> {
  const nowMs = Date.parse("2026-11-22T22:00:00Z");
  const compiled = compileMetrics({ declaration: declared, schema });
  const mirror = await openSmallMirror(makeWorld(7), compiled, readyStatus(nowMs));
  const { entries, bearer } = fakeTokens();
  const backend = fakeBackend({
    metrics: async () => describeMetrics(compiled),
    answer: async (question, { facts, audience }) => {
      const rights = { facts, audience };
      return ask(mirror, compiled, question, nowMs * 1000, rights);
    },
  });
  const app = await createApi({
    backend,
    hosts: [],
    tokens: () => entries,
    ...noPeople(),
    version: "0.1.0",
    nowMs: () => nowMs,
    ...options,
  });
  return {
    app,
    get: async (url, role) => {
      const headers = role === undefined ? { ...lifted, authorization: bearer.admin } : { authorization: bearer[role] };
      return app.inject({ url, headers: { host: "127.0.0.1", ...headers } });
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await mirror[Symbol.asyncDispose]();
    },
  };
}
