/** OpenAPI 3.1 from the routes themselves: what is registered is described, and nothing else. */
import type { MetricDescription } from "../../metrics/describe.ts";
import type { Access } from "./gate.ts";
import { problemSchema } from "./problem.ts";

/** A parameter in the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: object;
  readonly example?: string | number;
}

/** What a route says of itself. */
export interface RouteDescription {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly access: Access;
  readonly revalidates: boolean;
  readonly parameters: readonly Parameter[];
  /** Schema of the JSON body, for POST. */
  readonly body?: object;
  /** By status: media type and schema. */
  readonly responses: Readonly<Record<number, { readonly media: string; readonly schema: object }>>;
}

/** A request that gives an answer as it stands here; a test makes each of them. */
export interface Example {
  readonly summary: string;
  readonly url: string;
}

interface Description {
  readonly routes: readonly RouteDescription[];
  readonly metrics: readonly MetricDescription[];
  readonly version: string;
}

export function describeApi({ routes, metrics, version }: Description): object {
  const paths = new Map<string, Record<string, object>>();
  for (const route of routes)
    paths.set(route.path, { ...paths.get(route.path), [route.method.toLowerCase()]: operationOf(route, metrics) });
  return {
    openapi: "3.1.0",
    info: { title: "Vitrine", version, description: "Business metrics with their state, position and definition." },
    servers: [{ url: "/" }],
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "For programs: `vitrine token create`." },
        session: { type: "apiKey", in: "cookie", name: "vitrine", description: "For people: after log-in. Under TLS `__Host-vitrine`." },
      },
      schemas: { Problem: problemSchema },
    },
    paths: Object.fromEntries(paths),
  };
}

function operationOf(route: RouteDescription, metrics: readonly MetricDescription[]): object {
  const { access, body } = route;
  const answers = Object.entries(route.responses).map(([status, { media, schema }]) => {
    const headers = status === "200" && route.revalidates ? { headers: { ETag: { schema: { type: "string" } } } } : {};
    return [status, { description: route.summary, ...headers, content: { [media]: { schema } } }] as const;
  });
  const unchanged = route.revalidates ? { 304: { description: "As it was at that ETag." } } : {};
  const examples = examplesOf(route, metrics);
  return {
    operationId: route.operation,
    summary: route.summary,
    security: access.tag === "everyone" ? [] : [{ bearer: [] }, { session: [] }],
    "x-roles": access.tag === "everyone" ? "everyone" : access.roles,
    ...(examples.length === 0 ? {} : { "x-examples": examples }),
    parameters: route.parameters.flatMap((parameter) => parametersOf(parameter, metrics)),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { ...Object.fromEntries(answers), ...unchanged, default: problem },
  };
}

const problem = {
  description: "A problem (RFC 9457).",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Stands for one parameter per declared dimension: OpenAPI has no parameter whose name is a pattern. */
export const filterName = "where.*";

function parametersOf(parameter: Parameter, metrics: readonly MetricDescription[]): readonly object[] {
  if (parameter.name === filterName) return filterParameters(parameter, metrics);
  const names = metrics.map((metric) => metric.name);
  if (parameter.in !== "path" || parameter.description !== metricParameter.description || names.length === 0) return [parameter];
  return [{ ...parameter, schema: { ...parameter.schema, enum: names }, example: names[0] }];
}

/** The metric in a path; in the description with the names that there are. */
export const metricParameter: Parameter = {
  name: "name",
  in: "path",
  required: true,
  description: "Name of the metric.",
  schema: { type: "string", pattern: "^[a-z][a-z0-9_]{0,62}$" },
};

function filterParameters(pattern: Parameter, metrics: readonly MetricDescription[]): readonly object[] {
  const names = new Set(metrics.flatMap((metric) => metric.dimensions.map(({ name }) => name)));
  return [...names].toSorted().map((name) => ({ ...pattern, name: `where.${name}`, style: "form", explode: true }));
}

/** Of each metric: as it comes, by its first dimension, and at each of its grains. */
function examplesOf(route: RouteDescription, metrics: readonly MetricDescription[]): readonly Example[] {
  if (route.method !== "GET" || !route.path.startsWith("/v1/") || route.path.startsWith("/v1/login")) return [];
  // It goes on for as long as somebody listens.
  if (Object.values(route.responses).some(({ media }) => media === "text/event-stream")) return [];
  if (!route.path.includes("{name}")) return [{ summary: route.summary, url: route.path }];
  return metrics.flatMap((metric) => {
    const url = route.path.replace("{name}", metric.name);
    const [dimension] = metric.dimensions;
    const by =
      dimension === undefined
        ? []
        : [{ summary: `${metric.title} by ${dimension.name}`, url: `${url}?${wholeRange(metric)}&by=${dimension.name}` }];
    const grains = metric.grains.map((grain) => ({
      summary: `${metric.title}: ${grain}`,
      url: `${url}?grain=${grain}${rangeOf(grain, metric)}`,
    }));
    return [...by, ...grains];
  });
}

const ranges = {
  hour: "&range=last%2048%20hours",
  day: "&range=last%2030%20days",
  week: "&range=last%2012%20weeks",
  month: "&range=last%2012%20months",
};

/** A state has no time: it takes no range. */
function rangeOf(grain: MetricDescription["grains"][number], metric: MetricDescription): string {
  if (grain !== "all") return ranges[grain];
  return metric.grains.length === 1 ? "" : "&range=last%2030%20days";
}

function wholeRange(metric: MetricDescription): string {
  return `grain=all${rangeOf("all", metric)}`;
}
