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
}

/** What a route says of itself. */
export interface RouteDescription {
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly access: Access;
  readonly parameters: readonly Parameter[];
  /** By status: media type and schema. */
  readonly responses: Readonly<Record<number, { readonly media: string; readonly schema: object }>>;
}

export function describeApi(options: {
  readonly routes: readonly RouteDescription[];
  readonly metrics: readonly MetricDescription[];
  readonly version: string;
}): object {
  const { routes, metrics, version } = options;
  return {
    openapi: "3.1.0",
    info: { title: "Vitrine", version, description: "Business metrics with their state, position and definition." },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } }, schemas: { Problem: problemSchema } },
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: operationOf(route, metrics) }])),
  };
}

function operationOf(route: RouteDescription, metrics: readonly MetricDescription[]): object {
  const { access } = route;
  const problem = {
    description: "A problem",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  const answers = Object.entries(route.responses).map(
    ([status, { media, schema }]) => [status, { description: route.summary, content: { [media]: { schema } } }] as const,
  );
  return {
    operationId: route.operation,
    summary: route.summary,
    security: access.tag === "everyone" ? [] : [{ bearer: [] }],
    "x-roles": access.tag === "everyone" ? "everyone" : access.roles,
    parameters: route.parameters.flatMap((parameter) =>
      parameter.name === filterName ? filterParameters(parameter, metrics) : [parameter],
    ),
    responses: { ...Object.fromEntries(answers), default: problem },
  };
}

/** Stands for one parameter per declared dimension: OpenAPI has no parameter whose name is a pattern. */
export const filterName = "where.*";

function filterParameters(pattern: Parameter, metrics: readonly MetricDescription[]): readonly object[] {
  const names = new Set(metrics.flatMap((metric) => metric.dimensions.map(({ name }) => name)));
  return [...names].toSorted().map((name) => ({ ...pattern, name: `where.${name}`, style: "form", explode: true }));
}
