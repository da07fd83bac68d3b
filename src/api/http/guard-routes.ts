/** What the guard saw and told: for those who answer for it. Nothing here asks a store for anything. */
import { VitrineError } from "../../model/error.ts";
import { eventStream } from "./event-stream.ts";
import type { Parameter } from "./openapi.ts";
import type { Query } from "./query.ts";
import { refuseQuery, wholeOf } from "./query.ts";
import type { Route } from "./route.ts";
import { get, guardians, json, post } from "./route.ts";
import { guardAlarmSchema, guardAlarmsSchema, guardAssetsSchema, guardVerdictsSchema } from "./guard-schemas.ts";

const limits = { verdicts: { default: 200, max: 5_000 }, alarms: { default: 50, max: 500 } } as const;
const entryMax = Number.MAX_SAFE_INTEGER;

const limitOf = ({ default: usual, max }: { readonly default: number; readonly max: number }): Parameter => ({
  name: "limit",
  in: "query",
  required: false,
  description: "At most so many.",
  schema: { type: "integer", minimum: 1, maximum: max, default: usual },
  example: 20,
});

const alarmId = /^[a-z0-9][A-Za-z0-9_.:-]{0,300}$/;

const alarmName: Parameter = {
  name: "name",
  in: "path",
  required: true,
  description: "The alarm's id.",
  schema: { type: "string", pattern: alarmId.source },
};

export const guardRoutes: readonly Route[] = [
  get({
    path: "/v1/guard/assets",
    operation: "guardAssets",
    summary: "Every declared store: what is expected, what each vantage saw the last time, since when; and whether anybody watches.",
    access: guardians,
    parameters: [],
    responses: { 200: { media: json, schema: guardAssetsSchema } },
    work: async ({ backend, query }) => {
      refuseQuery(query);
      return { status: 200, body: await backend.guardAssets() };
    },
  }),
  get({
    path: "/v1/guard/verdicts",
    operation: "guardVerdicts",
    summary: "What changed, and when nobody looked, from the ledger; newest first.",
    access: guardians,
    parameters: [
      {
        name: "asset",
        in: "query",
        required: false,
        description: "Of this one alone.",
        schema: { type: "string", pattern: assetPattern().source },
      },
      { name: "from", in: "query", required: false, description: "Not before this time.", schema: { type: "string", format: "date-time" } },
      {
        name: "before",
        in: "query",
        required: false,
        description: "Only entries before this one.",
        schema: { type: "integer", minimum: 1, maximum: entryMax },
      },
      limitOf(limits.verdicts),
    ],
    responses: { 200: { media: json, schema: guardVerdictsSchema } },
    work: async ({ backend, query }) => {
      const { asset, from, before, limit, ...rest } = query;
      refuseQuery(rest);
      const wanted = {
        asset: assetOf(asset),
        from: timeOf(from),
        before: wholeOf(before, "before", entryMax),
        limit: wholeOf(limit, "limit", limits.verdicts.max) ?? limits.verdicts.default,
      };
      return { status: 200, body: await backend.guardVerdicts(wanted) };
    },
  }),
  get({
    path: "/v1/guard/alarms",
    operation: "guardAlarms",
    summary: "Alarms, newest first: what is readable, how it is closed, who was told, who takes care of it.",
    access: guardians,
    parameters: [
      {
        name: "open",
        in: "query",
        required: false,
        description: "Only those that stand.",
        schema: { type: "string", enum: ["true", "false"] },
      },
      limitOf(limits.alarms),
    ],
    responses: { 200: { media: json, schema: guardAlarmsSchema } },
    work: async ({ backend, query }) => {
      const { open, limit, ...rest } = query;
      refuseQuery(rest);
      const wanted = { open: truthOf(open), limit: wholeOf(limit, "limit", limits.alarms.max) ?? limits.alarms.default };
      return { status: 200, body: await backend.guardAlarms(wanted) };
    },
  }),
  post({
    path: "/v1/guard/alarms/{name}/acknowledge",
    operation: "acknowledgeAlarm",
    summary: "Somebody takes care of it: it is not told to the next person.",
    access: guardians,
    parameters: [alarmName],
    responses: { 200: { media: json, schema: guardAlarmSchema } },
    work: async ({ backend, query, name, asker }) => {
      refuseQuery(query);
      const alarm =
        asker === undefined || !alarmId.test(name)
          ? undefined
          : await backend.acknowledgeAlarm(name, { name: asker.name, role: asker.role });
      if (alarm === undefined) throw new VitrineError("api/not-found", { message: "There is no such alarm." });
      return { status: 200, body: alarm };
    },
  }),
  get({
    path: "/v1/guard/events",
    operation: "guardEvents",
    summary: "Says when something changed (server-sent events); ask then for what.",
    access: guardians,
    parameters: [],
    responses: { 200: { media: "text/event-stream", schema: { type: "string" } } },
    work: async ({ query, guardEvents, isStillIn }) => {
      refuseQuery(query);
      return { status: 200, body: eventStream(guardEvents, isStillIn) };
    },
  }),
];

function assetPattern(): RegExp {
  return /^[a-z][a-z0-9_-]{0,62}$/;
}

function assetOf(values: Query[string] | undefined): string | undefined {
  if (values === undefined) return undefined;
  const [name = ""] = values;
  if (values.length === 1 && assetPattern().test(name)) return name;
  throw new VitrineError("api/bad-request", { message: "asset is one name of a declared store.", place: "asset" });
}

function timeOf(values: Query[string] | undefined): number | undefined {
  if (values === undefined) return undefined;
  const [text = ""] = values;
  const ms = /^\d{4}-\d\d-\d\dT[\d:.]{8,12}(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (values.length === 1 && !Number.isNaN(ms)) return ms;
  throw new VitrineError("api/bad-request", { message: "from is one time, 2026-11-23T16:40:00Z.", place: "from" });
}

function truthOf(values: Query[string] | undefined): boolean {
  if (values === undefined) return false;
  if (values.length === 1 && (values[0] === "true" || values[0] === "false")) return values[0] === "true";
  throw new VitrineError("api/bad-request", { message: "open is true or false.", place: "open" });
}
