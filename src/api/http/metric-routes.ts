/** What can be asked, and the answers: as JSON, CSV and Parquet, by one parser and through one protection. */
import { VitrineError } from "../../model/error.ts";
import type { Answer } from "../../metrics/answer.ts";
import type { AnswerRights } from "../backend.ts";
import { cellsText } from "../cells-text.ts";
import { csvOf } from "./export/csv.ts";
import { parquetOf } from "./export/parquet.ts";
import { tableOf } from "./export/table.ts";
import { filterName, metricParameter } from "./openapi.ts";
import type { Parameter } from "./openapi.ts";
import { readQuestion, refuseQuery } from "./query.ts";
import type { Asked, Reply, Route } from "./route.ts";
import { anyRole, get, json } from "./route.ts";
import { answerSchema, metricsSchema } from "./schemas.ts";

const date = { type: "string", pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T([01]\\d|2[0-3]))?$" } as const;

const questionParameters: readonly Parameter[] = [
  metricParameter,
  query("grain", "Length of the periods; all gives one number.", { type: "string", enum: ["hour", "day", "week", "month", "all"] }),
  query("from", "First period, local: YYYY-MM-DD, for hours also YYYY-MM-DDTHH.", date),
  query("to", "End, not included; written as from.", date),
  query("range", "Instead of from and to: today, yesterday, this week, this month, this year, last N hours|days|weeks|months|years.", {
    type: "string",
    pattern: "^(today|yesterday|this (week|month|year)|last [1-9]\\d{0,3} (hour|day|week|month|year)s?)$",
  }),
  query("by", "Dimensions, separated by commas.", {
    type: "string",
    pattern: "^([a-z][a-z0-9_]{0,62}(,[a-z][a-z0-9_]{0,62}){0,15})?$",
  }),
  query("limit", "At most so many cells, the largest of each period first.", { type: "integer", minimum: 1, maximum: 10_000 }),
  query("top", "Only the so many combinations of values with the largest value over the whole range.", {
    type: "integer",
    minimum: 1,
    maximum: 1_000,
  }),
  query("compare", "An earlier range beside it: previous, or N hours|days|weeks|months|years before.", {
    type: "string",
    pattern: "^(previous|[1-9]\\d{0,3} (hour|day|week|month|year)s? before)$",
  }),
  query(filterName, "Only rows with one of these values; repeat it for more than one.", { type: "array", items: { type: "string" } }),
  query("reason", "Analysts: lifts k for this answer. It stands in the audit log with your name. Or the header vitrine-reason.", {
    type: "string",
    minLength: 3,
    maxLength: 200,
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
  }),
];

function query(parameter: string, description: string, schema: object): Parameter {
  return { name: parameter, in: "query", required: false, description, schema };
}

const csvMedia = "text/csv; charset=utf-8; header=present";
const parquetMedia = "application/vnd.apache.parquet";

export const metricRoutes: readonly Route[] = [
  get({
    path: "/v1/metrics",
    operation: "listMetrics",
    summary: "What can be asked.",
    access: anyRole,
    revalidates: true,
    parameters: [],
    responses: { 200: { media: json, schema: metricsSchema } },
    work: async ({ backend, query: asked }) => {
      refuseQuery(asked);
      return { status: 200, body: { metrics: await backend.metrics() } };
    },
  }),
  get({
    path: "/v1/metrics/{name}",
    operation: "answerMetric",
    summary: "Answers one question, with how true the answer is.",
    access: anyRole,
    revalidates: true,
    parameters: questionParameters,
    responses: { 200: { media: json, schema: answerSchema } },
    work: async (asked) => {
      const answer = await answerOf(asked);
      return { status: 200, body: { ...answer, cells: [] }, cells: cellsText(answer) };
    },
  }),
  get({
    path: "/v1/metrics/{name}.csv",
    operation: "answerMetricAsCsv",
    summary: "The same answer as CSV (RFC 4180). Column `state`: ready, stale or untrusted. While the copy is being built: 503.",
    access: anyRole,
    revalidates: true,
    parameters: questionParameters,
    responses: { 200: { media: csvMedia, schema: { type: "string" } } },
    work: async (asked) => file(asked, "csv", async (answer) => csvOf(tableOf(answer, await zoneOf(asked)))),
  }),
  get({
    path: "/v1/metrics/{name}.parquet",
    operation: "answerMetricAsParquet",
    summary: "The same answer as Parquet. Column `state`: as in CSV. While the copy is being built: 503.",
    access: anyRole,
    revalidates: true,
    parameters: questionParameters,
    responses: { 200: { media: parquetMedia, schema: { type: "string", contentMediaType: parquetMedia } } },
    work: async (asked) => file(asked, "parquet", async (answer) => parquetOf(tableOf(answer, await zoneOf(asked)))),
  }),
];

async function answerOf(asked: Asked): Promise<Answer> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(asked.name)) throw new VitrineError("api/not-found", { message: "That is no metric's name." });
  const { reason, ...rest } = asked.query;
  const rights = rightsOf(asked.asker, reasonOf(reason, asked.headers.reason));
  return asked.backend.answer(readQuestion(asked.name, rest), rights);
}

async function file(asked: Asked, extension: string, write: (answer: Answer) => Promise<string | Buffer>): Promise<Reply> {
  const answer = await answerOf(asked);
  // A file has no place for it that a spreadsheet or a dashboard would not draw as an answer: they show an error where there is one.
  if (answer.state === "building")
    throw new VitrineError("cli/not-ready", { message: `No numbers yet: ${answer.reasons.map(({ message }) => message).join(" ")}` });
  const headers = {
    // Of a metric that there is: its name has no character that ends a header.
    "content-disposition": `attachment; filename="${answer.metric}.${extension}"`,
    "vitrine-state": answer.state,
    "vitrine-suppressed": String(answer.cellsWithheld),
  };
  return { status: 200, body: await write(answer), headers };
}

async function zoneOf({ backend, name: metric }: Asked): Promise<string> {
  return (await backend.metrics()).find((one) => one.name === metric)?.zone ?? "UTC";
}

/** As a parameter or as a header, not both. Throws `api/bad-request`. */
function reasonOf(parameter: readonly string[] | undefined, header: string | undefined): string | undefined {
  const given = [...(parameter ?? []), ...(header === undefined ? [] : [header])];
  if (given.length === 0) return undefined;
  const text = given[0]?.trim() ?? "";
  if (given.length > 1 || text.length < 3 || text.length > 200 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
    throw new VitrineError("api/bad-request", {
      // What cannot be seen, or turns text around, would make the log read as something else.
      message: "A reason is one text of 3 to 200 characters, none of them a control or format character.",
      place: "reason",
    });
  return text;
}

/**
 * What this asker is answered. The owner of the state folder has the store itself. Everyone else gets what a viewer gets, and an analyst who
 * gives a reason more: then it is written down first. Reading rows takes up to two seconds of a shared store, so it goes with that.
 */
function rightsOf(asker: Asked["asker"], reason: string | undefined): AnswerRights {
  if (asker?.via === "owner") return { facts: true, audience: "analyst" };
  if (reason === undefined || asker === undefined) return { facts: false, audience: "viewer" };
  const { name: who, subject, role, via } = asker;
  if (role !== "analyst" && role !== "admin")
    throw new VitrineError("api/forbidden", { message: "This role is not shown small groups, with a reason or without.", place: "reason" });
  return { facts: true, audience: "analyst", audit: { name: who, ...(subject === undefined ? {} : { subject }), role, via, reason } };
}
