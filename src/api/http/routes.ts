/** Every route: path, who may, parameters, shape of the answer, work. A plain list; a route that is not here does not exist. */
import type { Backend } from "../backend.ts";
import type { Role } from "../tokens.ts";
import { describeApi, filterName } from "./openapi.ts";
import type { Parameter, RouteDescription } from "./openapi.ts";
import { prometheusText } from "./prometheus.ts";
import type { Query } from "./query.ts";
import { readQuestion, refuseQuery } from "./query.ts";
import { answerSchema, healthSchema, metricsSchema, proofSchema, readySchema, statusSchema } from "./schemas.ts";

export interface Asked {
  readonly backend: Backend;
  readonly role: Role | undefined;
  /** Value of `{name}` in the path. */
  readonly name: string;
  readonly query: Query;
  readonly nowMs: number;
  readonly version: string;
}

/** body: an object for the route's schema of that status, or the finished text. */
export interface Reply {
  readonly status: number;
  readonly body: object | string;
}

export interface Route extends RouteDescription {
  readonly work: (asked: Asked) => Promise<Reply>;
}

const everyone = { tag: "everyone" } as const;
const anyRole = { tag: "roles", roles: ["viewer", "analyst", "responder", "admin"] } as const;
const operators = { tag: "roles", roles: ["analyst", "responder", "admin"] } as const;
/** A proof names the source's columns and what could be read. */
const guardians = { tag: "roles", roles: ["responder", "admin"] } as const;

const json = "application/json";
const name = { type: "string", pattern: "^[a-z][a-z0-9_]{0,62}$" } as const;

const questionParameters: readonly Parameter[] = [
  { name: "name", in: "path", required: true, description: "Name of the metric.", schema: name },
  query("grain", "Length of the periods; all gives one number.", { type: "string", enum: ["hour", "day", "week", "month", "all"] }),
  query("from", "First period, local: YYYY-MM-DD, for hours also YYYY-MM-DDTHH.", { type: "string" }),
  query("to", "End, not included; written as from.", { type: "string" }),
  query("range", "Instead of from and to: today, yesterday, this week, this month, this year, last N hours|days|weeks|months|years.", {
    type: "string",
  }),
  query("by", "Dimensions, separated by commas.", { type: "string" }),
  query("limit", "At most so many cells, the largest of each period first.", { type: "integer", minimum: 1, maximum: 10_000 }),
  query(filterName, "Only rows with one of these values; repeat it for more than one.", { type: "array", items: { type: "string" } }),
];

function query(parameter: string, description: string, schema: object): Parameter {
  return { name: parameter, in: "query", required: false, description, schema };
}

export const routes: readonly Route[] = [
  {
    path: "/v1/metrics",
    operation: "listMetrics",
    summary: "What can be asked.",
    access: anyRole,
    parameters: [],
    responses: { 200: { media: json, schema: metricsSchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: { metrics: await backend.metrics() } };
    },
  },
  {
    path: "/v1/metrics/{name}",
    operation: "answerMetric",
    summary: "Answers one question, with how true the answer is.",
    access: anyRole,
    parameters: questionParameters,
    responses: { 200: { media: json, schema: answerSchema } },
    work: async ({ backend, name: metric, query: asked, role }) => {
      // Reading rows takes up to two seconds of a shared store: a viewer gets what the cells answer.
      const facts = role !== undefined && role !== "viewer";
      return { status: 200, body: await backend.answer(readQuestion(metric, asked), { facts }) };
    },
  },
  {
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
  },
  {
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
  },
  {
    path: "/metrics",
    operation: "prometheus",
    summary: "Our own health as Prometheus text.",
    access: operators,
    parameters: [],
    responses: { 200: { media: "text/plain; version=0.0.4; charset=utf-8", schema: { type: "string" } } },
    work: async ({ backend, query: asked, nowMs }) => {
      refuseQuery(asked);
      return { status: 200, body: prometheusText(await backend.status(), nowMs) };
    },
  },
  {
    path: "/openapi.json",
    operation: "openapi",
    summary: "This description.",
    access: anyRole,
    parameters: [],
    responses: { 200: { media: json, schema: { type: "object", additionalProperties: true } } },
    work: async ({ backend, query: asked, version }) => {
      refuseQuery(asked);
      return { status: 200, body: JSON.stringify(describeApi({ routes, metrics: await backend.metrics(), version })) };
    },
  },
  {
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
  },
  {
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
  },
];
