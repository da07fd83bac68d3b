/** Stages of aggregations (MongoDB 4.0 and later) of which no value comes out: names, types and numbers. */
import type { Written } from "./bson.ts";

const documentsMax = 200;
/** Of a collection; they fit in an answer. */
export const namesMax = 900;
/** Documents within documents, and in lists of them. */
const levels = 3;
/** Between the names of a path: the one character that no field's name has in it. */
export const separator = "\0";

/** After `first`: of some documents each field's path and type, once. Values are passed from stage to stage within the server, and the grouping leaves them there. */
export function fieldNames(first: readonly Written[]): readonly Written[] {
  return [
    ...first,
    { $limit: documentsMax },
    { $project: { _id: 0, p: { $literal: "" }, t: { $literal: "object" }, v: "$$ROOT" } },
    ...Array.from({ length: levels }, within).flat(),
    { $group: { _id: { p: "$p", t: "$t" } } },
    { $limit: namesMax },
    { $project: { _id: 0, p: "$_id.p", t: "$_id.t" } },
  ];
}

/** Each path, and those of the fields of the document that is there; of a list those of its first element. */
function within(): readonly Written[] {
  const value: Written = { $cond: [{ $isArray: ["$v"] }, { $arrayElemAt: ["$v", 0] }, "$v"] };
  const fields: Written = { $cond: [isDocument(value), { $objectToArray: value }, []] };
  const isField: Written = { $gt: ["$n.k", null] };
  return [
    { $project: { p: 1, t: 1, n: { $concatArrays: [{ $literal: [{}] }, fields] } } },
    { $unwind: "$n" },
    {
      $project: {
        p: { $cond: [isField, { $concat: ["$p", { $literal: separator }, "$n.k"] }, "$p"] },
        t: { $cond: [isField, kindOf("$n.v"), "$t"] },
        // What was looked into is not looked into again.
        v: { $cond: [isField, "$n.v", null] },
      },
    },
  ];
}

/**
 * What classifying asks of a type, by the order in which BSON compares values of different types: null, numbers, texts, documents, lists, binary, identifiers,
 * yes and no, dates. `$type` would say more, and not every server that speaks this protocol knows it.
 */
function kindOf(value: string): Written {
  const other: Written = { $cond: [{ $gt: [value, true] }, "date", "value"] };
  const yesOrNo: Written = { $cond: [{ $in: [value, [true, false]] }, "bool", other] };
  return { $cond: [isDocument(value), "object", { $cond: [{ $isArray: [value] }, "array", yesOrNo] }] };
}

function isDocument(value: Written): Written {
  return { $and: [{ $gte: [value, { $literal: {} }] }, { $lt: [value, []] }] };
}

/** All types that hold something: not null, not undefined, not code, not the ends of the order. */
const types: readonly Written[] = [1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 18, 19];

/** How many documents there are, and how many have one of the paths of each group. */
export function presence(groups: readonly (readonly string[])[]): readonly Written[] {
  const names = ["all", ...groups.map((_, i) => `c${i}`)];
  const facets = groups.map((paths, i): [string, Written] => [`c${i}`, [match(paths.map(has)), { $count: "n" }]]);
  return [
    { $facet: { all: [{ $count: "n" }], ...Object.fromEntries(facets) } },
    { $project: Object.fromEntries(names.map((name) => [name, { $sum: `$${name}.n` }])) },
  ];
}

/** Documents that have the path. */
export function holding(path: string): Written {
  return { $match: has(path) };
}

/** A path into a list is there where one of its elements has it; `$ne: null` would ask that of all of them. */
function has(path: string): Written {
  return { [path]: { $type: types } };
}

/** Of no path no document. */
function match(all: readonly Written[]): Written {
  return { $match: all.length === 0 ? { _id: { $in: [] } } : { $or: all } };
}
