/** The query string of a question: known parameters, each at most once but for filters; texts without control characters. */
import { VitrineError } from "../../model/error.ts";
import type { QuestionInput } from "../../metrics/question.ts";

/** Values by name, in order. Without a prototype, since names come from outside. */
export type Query = Readonly<Record<string, readonly string[]>>;

const pairsMax = 300;
const filterPattern = /^where\.([a-z][a-z0-9_]{0,62})$/;
const single = ["grain", "from", "to", "range", "by", "limit", "top", "compare"] as const;

/** Parses a raw query string. Never throws: what is wrong shows in readQuestion. */
export function parseQuery(text: string): Query {
  const query: Record<string, string[]> = Object.create(null) as Record<string, string[]>; // eslint-disable-line -- an object without prototype
  let pairs = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    // One pair over the limit stays, under a name that is no parameter, so that the request is refused.
    if (++pairs > pairsMax) {
      query[""] = [""];
      break;
    }
    (query[name] ??= []).push(value);
  }
  return query;
}

/** The question in a query string, still unchecked in meaning. Throws `api/bad-request` without repeating what was sent. */
export function readQuestion(metric: string, query: Query): QuestionInput {
  const where: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(query)) {
    if (values.some((value) => /\p{Cc}/u.test(value))) throw badRequest("A parameter holds control characters.", known(name));
    const dimension = filterPattern.exec(name)?.[1];
    if (dimension !== undefined) where[dimension] = [...values];
    else if (!isSingle(name)) throw badRequest(`A parameter is not known. There is: ${single.join(", ")}, where.<dimension>.`, undefined);
    else if (values.length !== 1) throw badRequest("A parameter stands twice; only where.<dimension> may.", name);
  }
  const by = query["by"]?.[0];
  const input: QuestionInput = { metric };
  for (const name of ["grain", "from", "to", "range", "limit", "top", "compare"] as const) {
    const value = query[name]?.[0];
    if (value !== undefined) input[name] = value;
  }
  if (by !== undefined && by !== "") input.by = by.split(",");
  if (Object.keys(where).length > 0) input.where = where;
  return input;
}

/** For paths that take no parameter. */
export function refuseQuery(query: Query): void {
  if (Object.keys(query).length > 0) throw badRequest("This path takes no parameters.", undefined);
}

function isSingle(name: string): name is (typeof single)[number] {
  return single.some((one) => one === name);
}

function known(name: string): string | undefined {
  return isSingle(name) ? name : undefined;
}

function badRequest(message: string, place: string | undefined): VitrineError {
  return new VitrineError("api/bad-request", { message, ...(place === undefined ? {} : { place }) });
}

/** A parameter that is a whole number from 1 to `max`; undefined when it is not given. */
export function wholeOf(values: Query[string] | undefined, name: string, max: number): number | undefined {
  if (values === undefined) return undefined;
  const number = /^\d{1,16}$/.test(values[0] ?? "") ? Number(values[0]) : Number.NaN;
  if (values.length === 1 && number >= 1 && number <= max) return number;
  throw new VitrineError("api/bad-request", { message: `${name} is one whole number from 1 to ${max}.`, place: name });
}
