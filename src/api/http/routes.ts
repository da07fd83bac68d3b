/** Every route: path, who may, parameters, shape of the answer, work. A plain list; a route that is not here does not exist. */
import { guardRoutes } from "./guard-routes.ts";
import { metricRoutes } from "./metric-routes.ts";
import { describeApi } from "./openapi.ts";
import { guardText } from "./guard-prometheus.ts";
import { prometheusText } from "./prometheus.ts";
import { refuseQuery, wholeOf } from "./query.ts";
import type { Route } from "./route.ts";
import { administrators, anyRole, everyone, get, guardians, json, operators } from "./route.ts";
import { auditSchema, copySchema, healthSchema, proofSchema, readySchema, statusSchema } from "./schemas.ts";
import { sessionRoutes } from "./session-routes.ts";
import { siteRoutes } from "./site-routes.ts";

const alarmsMax = 500;
const auditLimit = { default: 100, max: 1_000 } as const;

export const routes: readonly Route[] = [
  ...metricRoutes,
  get({
    path: "/v1/status",
    operation: "status",
    summary: "State of the copy, its generations and their readers.",
    access: operators,
    parameters: [],
    responses: { 200: { media: json, schema: statusSchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: await backend.status() };
    },
  }),
  get({
    path: "/v1/proof",
    operation: "proof",
    summary: "What the copy's credential and store could give away, as last proven.",
    access: guardians,
    parameters: [],
    responses: { 200: { media: json, schema: proofSchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: await backend.proof() };
    },
  }),
  get({
    path: "/v1/copy",
    operation: "copy",
    summary: "What the copy holds and what stayed behind, column by column, as last proven and verified.",
    access: operators,
    parameters: [],
    responses: { 200: { media: json, schema: copySchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: await backend.copy() };
    },
  }),
  get({
    path: "/v1/audit",
    operation: "audit",
    summary: "Who was given numbers with k lifted, and why; newest first.",
    access: administrators,
    parameters: [
      {
        name: "limit",
        in: "query",
        required: false,
        description: "At most so many entries.",
        schema: { type: "integer", minimum: 1, maximum: auditLimit.max, default: auditLimit.default },
        example: 20,
      },
      {
        name: "before",
        in: "query",
        required: false,
        description: "Only entries before the one of this id.",
        schema: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      },
    ],
    responses: { 200: { media: json, schema: auditSchema } },
    work: async ({ backend, query: asked }) => {
      const { limit, before, ...rest } = asked;
      refuseQuery(rest);
      const wanted = {
        limit: wholeOf(limit, "limit", auditLimit.max) ?? auditLimit.default,
        before: wholeOf(before, "before", Number.MAX_SAFE_INTEGER),
      };
      return { status: 200, body: { entries: await backend.audit(wanted) } };
    },
  }),
  ...guardRoutes,
  ...sessionRoutes,
  get({
    path: "/v1/openapi.json",
    operation: "openapi",
    summary: "This description.",
    access: anyRole,
    revalidates: true,
    parameters: [],
    responses: { 200: { media: json, schema: { type: "object", additionalProperties: true } } },
    work: async ({ backend, query: asked, version }) => {
      refuseQuery(asked);
      return { status: 200, body: JSON.stringify(describeApi({ routes, metrics: await backend.metrics(), version })) };
    },
  }),
  get({
    path: "/metrics",
    operation: "prometheus",
    summary: "Our own health as Prometheus text; no number of a metric.",
    access: operators,
    parameters: [],
    responses: { 200: { media: "text/plain; version=0.0.4; charset=utf-8", schema: { type: "string" } } },
    work: async ({ backend, query: asked, nowMs, asker }) => {
      refuseQuery(asked);
      const own = prometheusText(await backend.status(), nowMs);
      // Which store is open is for those who answer for it.
      if (asker === undefined || !guardians.roles.some((role) => role === asker.role)) return { status: 200, body: own };
      const [assets, alarms, waiting] = await Promise.all([
        backend.guardAssets(),
        backend.guardAlarms({ open: true, limit: alarmsMax }),
        backend.guardWaiting(),
      ]);
      return { status: 200, body: `${own}${guardText({ ...assets, ...alarms, waiting }, nowMs)}` };
    },
  }),
  get({
    path: "/healthz",
    operation: "health",
    summary: "The process answers.",
    access: everyone,
    parameters: [],
    responses: { 200: { media: json, schema: healthSchema } },
    work: async ({ query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: { status: "ok" } };
    },
  }),
  get({
    path: "/readyz",
    operation: "readiness",
    summary: "Answers can be given.",
    access: everyone,
    parameters: [],
    responses: { 200: { media: json, schema: readySchema }, 503: { media: json, schema: readySchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      const readiness = await backend.ready();
      return { status: readiness.ready ? 200 : 503, body: readiness };
    },
  }),
  ...siteRoutes,
];

/** Methods that there are at a path, by its pattern; empty: no such path. */
export function methodsAt(url: string): readonly string[] {
  const path = url.split("?", 1)[0] ?? "";
  return [...new Set(routes.filter((route) => patternOf(route.path).test(path)).map(({ method }) => method))];
}

function patternOf(path: string): RegExp {
  const [before = "", after] = path.split("{name}").map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${before}${after === undefined ? "" : `[^/]+${after}`}$`);
}
