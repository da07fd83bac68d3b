/** Kinds of metrics: which words each has, which table it is of, and what it needs besides (MetricDetail). */
import type { Condition, MetricDetail, MetricKind, SetName } from "../declaration.ts";
import { digest } from "./hash.ts";
import type { Path } from "./located.ts";
import { findWay, isOwnDimension } from "./paths.ts";
import type { MetricShape } from "./schema.ts";
import { shown, suggestion } from "./suggest.ts";
import type { Reading, TableDraft } from "./tables.ts";

const metricKinds = ["count", "ratio", "sum", "distinct", "share", "retention"] as const satisfies readonly MetricKind[];

const everywhere = ["title", "description", "unit", "owner", "format", "by", "unit_via"] as const;
const overTime = ["at", "filter", "grain", "cuboids", "history"] as const;

/** The words that a metric of each kind may have besides `everywhere` and its own. */
const wordsOf: Readonly<Record<MetricKind, readonly (keyof MetricShape)[]>> = {
  count: overTime,
  ratio: [...overTime, "where"],
  sum: overTime,
  distinct: ["filter", "grain"],
  share: ["of", "having", "filter", "cuboids"],
  retention: ["at", "active", "days", "where", "grain"],
};

const remedies: Partial<Record<keyof MetricShape, string>> = {
  where: "Use `filter:` for the rows that count at all.",
  grain: "A share is the state now: leave it out.",
  at: "Leave it out: its rows are placed by the fact's own time, or it is the state now.",
  history: "Only count, ratio and sum keep closed periods of rows that are gone.",
  cuboids: "Leave it out: such a metric is answered from sets in memory.",
  filter: "Leave it out; `where` says which rows of `active` or `having` count.",
};

/** The one kind that a metric says; undefined, with a problem added, when it says none or several. */
export function kindOf(name: string, shape: MetricShape, { located, problems }: Reading): MetricKind | undefined {
  const path = ["metrics", name];
  const said = metricKinds.filter((kind) => shape[kind] !== undefined);
  const [kind, second] = said;
  if (kind === undefined || second !== undefined) {
    problems.add(
      kind === undefined ? "policy/missing" : "policy/wrong-shape",
      located.place(path, "key"),
      `The metric \`${name}\` needs one of ${metricKinds
        .slice(0, -1)
        .map((one) => `\`${one}\``)
        .join(", ")} and \`retention\`.`,
      "Say what it counts, e.g. `count: devices`.",
    );
    return undefined;
  }
  const known: readonly string[] = [...everywhere, ...wordsOf[kind], kind];
  const words = Object.keys(shape) as readonly (keyof MetricShape)[]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the schema refuses others
  for (const word of words) {
    if (known.includes(word) || shape[word] === undefined) continue;
    const place = located.place([...path, word], "key");
    problems.add(
      "policy/unknown-word",
      place,
      `A ${kind} has no \`${word}\`.`,
      remedies[word] ?? `It may have: ${wordsOf[kind].join(", ")}.`,
    );
  }
  return kind;
}

export interface KindInput {
  readonly name: string;
  readonly shape: MetricShape;
  readonly tables: readonly TableDraft[];
  readonly zone: string;
  readonly condition: (shape: MetricShape["where"], table: TableDraft, path: Path) => Condition;
}

/** The table whose rows or entities are counted, with what else the kind needs; undefined with a problem added. */
export function countedBy(
  kind: MetricKind,
  input: KindInput,
  reading: Reading,
): { readonly table: TableDraft; readonly detail: MetricDetail | undefined; readonly rows: TableDraft } | undefined {
  const path = ["metrics", input.name];
  if (kind === "sum") return summed(input, path, reading);
  if (kind === "distinct") return distinct(input, path, reading);
  const table = tableNamed(input.shape[kind] ?? "", [...path, kind], kind === "share" || kind === "retention", input.tables, reading);
  if (table === undefined) return undefined;
  if (kind === "count" || kind === "ratio") return { table, detail: undefined, rows: table };
  const detail = kind === "share" ? share(input, table, path, reading) : retention(input, table, path, reading);
  return detail && { table, detail, rows: table };
}

function tableNamed(
  name: string,
  path: Path,
  entityOnly: boolean,
  tables: readonly TableDraft[],
  { located, problems }: Reading,
): TableDraft | undefined {
  const able = tables.filter((one) => !entityOnly || one.kind === "entity");
  const table = able.find((one) => one.name === name);
  if (table !== undefined) return table;
  const names = able.map((one) => one.name);
  const what = entityOnly ? "is no entity" : "is neither an entity nor a fact";
  problems.add(
    entityOnly ? "policy/unknown-entity" : "policy/unknown-table",
    located.place(path),
    `${entityOnly ? shown(name) : `\`${name}\``} ${what}.`,
    suggestion(name, names),
  );
  return undefined;
}

/** `table.column`, both known; the column still to be judged. */
function tableColumn(
  text: string,
  path: Path,
  tables: readonly TableDraft[],
  reading: Reading,
): { readonly table: TableDraft; readonly column: string } | undefined {
  const [, tableName, column] = /^([^.]+)\.([^.]+)$/.exec(text) ?? [];
  if (tableName === undefined || column === undefined) {
    const example = "Write e.g. `connection_attempts.device_id`.";
    reading.problems.add("policy/wrong-shape", reading.located.place(path), "This must be `table.column`.", example);
    return undefined;
  }
  const table = tableNamed(tableName, path, false, tables, reading);
  return table && { table, column };
}

function summed({ shape, tables }: KindInput, path: Path, reading: Reading) {
  const at = [...path, "sum"];
  const found = tableColumn(shape.sum ?? "", at, tables, reading);
  if (found === undefined) return undefined;
  const { table, column } = found;
  const isNumber = (one: TableDraft["columns"][number]): boolean => one.take?.tag === "keep" && one.take.rule === undefined;
  const able = table.columns.filter((one) => isOwnDimension(table, one) && isNumber(one)).map((one) => one.name);
  if (!able.includes(column)) {
    reading.problems.add(
      "policy/not-summable",
      reading.located.place(at),
      `\`${table.name}\` takes no whole numbers from a column ${shown(column)}.`,
      able.length === 0 ? "Give a column of whole numbers `take: keep`." : suggestion(column, able),
    );
    return undefined;
  }
  return { table, detail: { tag: "sum", column } as const, rows: table };
}

/** A fact's rows that refer to an entity. */
function activeRows(options: {
  readonly input: KindInput;
  readonly text: string;
  readonly path: Path;
  readonly condition: MetricShape["where"];
  readonly conditionPath: Path;
  readonly reading: Reading;
}) {
  const { input, text, path, reading } = options;
  const found = tableColumn(text, path, input.tables, reading);
  if (found === undefined) return undefined;
  const { table: rows, column } = found;
  const place = reading.located.place(path);
  const refers = rows.columns.filter((one) => one.refers !== undefined);
  const entityName = refers.find((one) => one.name === column)?.refers;
  const entity = input.tables.find((one) => one.kind === "entity" && one.name === entityName);
  if (entity === undefined) {
    const names = refers.map((one) => one.name);
    const message = `\`${rows.name}\` has no column ${shown(column)} that refers to an entity.`;
    reading.problems.add("policy/unknown-column", place, message, suggestion(column, names));
    return undefined;
  }
  if (rows.kind !== "fact" || rows.time === undefined) {
    const facts = input.tables.filter((one) => one.kind === "fact" && one.time !== undefined).map((one) => one.name);
    const remedy = facts.length === 0 ? "Declare a fact with a time." : `Facts: ${facts.join(", ")}.`;
    reading.problems.add("policy/wrong-shape", place, `\`${rows.name}\` is no fact with a time: its rows have no day.`, remedy);
    return undefined;
  }
  const stored = rows.columns.find((one) => one.name === rows.time)?.take;
  if (stored?.tag === "truncate" && stored.to === "month") {
    const message = `\`${rows.name}\` stores months, and days are counted here.`;
    reading.problems.add("policy/grain-too-fine", place, message, "Truncate its time to a day, or finer.");
    return undefined;
  }
  const filter = input.condition(options.condition, rows, options.conditionPath);
  const set = setName({ table: rows.name, time: rows.time, of: column, filter, zone: input.zone });
  return { entity, rows, active: { table: rows.name, time: rows.time, of: column, filter, set } };
}

function distinct(input: KindInput, path: Path, reading: Reading) {
  const found = activeRows({
    input,
    text: input.shape.distinct ?? "",
    path: [...path, "distinct"],
    condition: input.shape.filter,
    conditionPath: [...path, "filter"],
    reading,
  });
  return found && { table: found.entity, detail: { tag: "distinct", ...found.active } as const, rows: found.rows };
}

function retention(input: KindInput, table: TableDraft, path: Path, reading: Reading): MetricDetail | undefined {
  const { active, where, days } = input.shape;
  if (active === undefined) {
    const message = `The retention \`${input.name}\` has no \`active\`.`;
    const remedy = "Name the rows that show activity, e.g. `active: connection_attempts.device_id`.";
    reading.problems.add("policy/missing", reading.located.place(path, "key"), message, remedy);
    return undefined;
  }
  const activePath = [...path, "active"];
  const found = activeRows({ input, text: active, path: activePath, condition: where, conditionPath: [...path, "where"], reading });
  if (found === undefined) return undefined;
  if (found.entity.name !== table.name) {
    reading.problems.add(
      "policy/path-missing",
      reading.located.place(activePath),
      `\`${found.active.of}\` refers to \`${found.entity.name}\`, not to \`${table.name}\`.`,
      `Name a column that refers to \`${table.name}\`, or say \`retention: ${found.entity.name}\`.`,
    );
    return undefined;
  }
  return { tag: "retention", days: [...new Set(days ?? [1, 7, 30])].toSorted((a, b) => a - b), ...found.active };
}

function share(input: KindInput, table: TableDraft, path: Path, reading: Reading): MetricDetail | undefined {
  const { of, having, filter } = input.shape;
  if ((of === undefined) === (having === undefined)) {
    reading.problems.add(
      of === undefined ? "policy/missing" : "policy/wrong-shape",
      reading.located.place(path, "key"),
      `The share \`${input.name}\` needs one of \`of\` and \`having\`.`,
      "Say of what, e.g. `of: firmware`, or which rows an entity must have, e.g. `having: { table: integrations }`.",
    );
    return undefined;
  }
  if (of !== undefined) return { tag: "share-of", dimension: of };
  if (having === undefined) return undefined;
  if (filter !== undefined) {
    const message = "A share with `having` has no `filter`.";
    reading.problems.add("policy/unknown-word", reading.located.place([...path, "filter"], "key"), message, remedies.filter);
  }
  const at = [...path, "having"];
  const rows = tableNamed(having.table, [...at, "table"], false, input.tables, reading);
  if (rows === undefined) return undefined;
  const column = referringColumn({ input, rows, table, via: having.via, path: at, reading });
  if (column === undefined) return undefined;
  const condition = input.condition(having.where, rows, [...at, "where"]);
  const set = setName({ table: rows.name, of: column, filter: condition });
  return { tag: "share-having", table: rows.name, of: column, filter: condition, set };
}

/** The column of `rows` that refers to the entity itself: not over another one. */
function referringColumn(options: {
  readonly input: KindInput;
  readonly rows: TableDraft;
  readonly table: TableDraft;
  readonly via: string | undefined;
  readonly path: Path;
  readonly reading: Reading;
}): string | undefined {
  const { input, rows, table, via, path, reading } = options;
  const direct = rows.columns.filter((one) => one.refers === table.name).map((one) => one.name);
  const [first, second] = via === undefined ? direct : direct.filter((one) => one === via);
  if (first !== undefined && second === undefined) return first;
  const place = reading.located.place([...path, via === undefined ? "table" : "via"]);
  const what = `\`having\` of \`${input.name}\``;
  if (direct.length > 0 && via !== undefined) {
    const message = `${what}: no column ${shown(via)} of \`${rows.name}\` refers to \`${table.name}\`.`;
    reading.problems.add("policy/path-missing", place, message, suggestion(via, direct));
  } else if (direct.length > 1) {
    findWay(
      { table: rows, tables: input.tables, to: table.name, via, place, what, viaWord: "via", missing: "policy/path-missing" },
      reading,
    );
  } else {
    const message = `${what}: no column of \`${rows.name}\` refers to \`${table.name}\`.`;
    reading.problems.add("policy/path-missing", place, message, "Name a table with a column that `refers` to the entity itself.");
  }
  return undefined;
}

function setName(meaning: Readonly<Record<string, unknown>> & { readonly table: string; readonly of: string }): SetName {
  const version = digest(meaning);
  return { name: `${meaning.table}_${meaning.of}_${version.slice(0, 8)}`, version };
}
