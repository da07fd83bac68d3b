/** Metrics: what is counted, when it happened, by what, and the way to the protected unit. */
import type {
  ColumnDeclaration,
  Condition,
  DimensionDeclaration,
  MetricDeclaration,
  MetricGrain,
  MetricKind,
  TimeGrain,
} from "../declaration.ts";
import { digest } from "./hash.ts";
import type { Path } from "./located.ts";
import { findWay, impliedDimension, isOwnDimension } from "./paths.ts";
import type { KindInput } from "./metric-kinds.ts";
import { countedBy, kindOf } from "./metric-kinds.ts";
import type { ConditionShape, MetricShape } from "./schema.ts";
import { bucketLabels, storedTextAllowed } from "./stored-text.ts";
import { shown, suggestion } from "./suggest.ts";
import type { Reading, TableDraft } from "./tables.ts";

export interface MetricsInput {
  readonly shapes: Readonly<Record<string, MetricShape>>;
  readonly tables: readonly TableDraft[];
  /** By table name; implied ones are added. */
  readonly dimensions: Map<string, readonly DimensionDeclaration[]>;
  readonly zone: string;
  readonly unit: string;
}

const grains: readonly MetricGrain[] = ["hour", "day", "week", "month"];
/** Grains that a stored time can still tell apart. */
const grainsOf: Readonly<Record<TimeGrain, readonly MetricGrain[]>> = {
  minute: grains,
  hour: grains,
  day: ["day", "week", "month"],
  month: ["month"],
};

export function parseMetrics(input: MetricsInput, reading: Reading): readonly MetricDeclaration[] {
  return Object.entries(input.shapes).flatMap(([name, shape]) => parseMetric(name, shape, input, reading) ?? []);
}

function parseMetric(name: string, shape: MetricShape, input: MetricsInput, reading: Reading): MetricDeclaration | undefined {
  const path = ["metrics", name];
  const counted = parseKind(name, shape, input, reading);
  if (counted === undefined) return undefined;
  const { kind, table, detail, rows } = counted;
  const isTimed = kind !== "distinct" && kind !== "share";
  const at = isTimed ? timeColumn(name, shape, table, reading) : undefined;
  const by = dimensionNames(byOf(shape), { table, rows, input, path, reading });
  const unitPath = pathToUnit(name, shape, table, input, reading);
  const conditions = parseConditions(kind, name, shape, { table, path, reading });
  const inDays = detail !== undefined && "set" in detail;
  const grain = parseGrain({ kind, shape, at: at ?? timeOf(rows), inDays, path, reading });
  const cuboids = parseCuboids(shape, byOf(shape), path, reading);
  if ((isTimed && at === undefined) || by === undefined || unitPath === undefined) return undefined;
  const history = keepsNothing(kind) ? "follow" : (shape.history ?? table.history);
  const meaning = { kind, table: table.name, at: at?.name, ...conditions, by, grain, cuboids, history, unitPath };
  const dimensions = by.map((one) => (input.dimensions.get(table.name) ?? []).find((dimension) => dimension.name === one));
  return {
    name,
    ...wordsOf(name, kind, shape),
    ...meaning,
    ...(detail === undefined ? {} : { detail }),
    version: digest({ ...meaning, dimensions, unit: input.unit, zone: input.zone, detail }),
    place: reading.located.place(path, "key"),
  };
}

function parseKind(name: string, shape: MetricShape, input: MetricsInput, reading: Reading) {
  const kind = kindOf(name, shape, reading);
  if (kind === undefined) return undefined;
  const condition: KindInput["condition"] = (one, of, at) => parseCondition(one ?? {}, { table: of, path: at, reading });
  const counted = countedBy(kind, { name, shape, tables: input.tables, zone: input.zone, condition }, reading);
  return counted && { kind, ...counted };
}

/** What people read: it is not part of the definition's version. */
function wordsOf(
  name: string,
  kind: MetricKind,
  shape: MetricShape,
): Pick<MetricDeclaration, "title" | "description" | "unit" | "owner" | "format"> {
  const isPart = kind === "ratio" || kind === "share" || kind === "retention";
  return {
    title: shape.title ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`,
    description: shape.description ?? "",
    unit: shape.unit ?? "",
    owner: shape.owner ?? "",
    format: shape.format ?? (isPart ? "percent" : "number"),
  };
}

/** Conditions on the metric's own table; those on other rows are part of the detail. */
function parseConditions(
  kind: MetricKind,
  name: string,
  shape: MetricShape,
  { table, path, reading }: AtTable,
): Pick<MetricDeclaration, "filter" | "where"> {
  if (kind === "ratio" && shape.where === undefined) {
    reading.problems.add(
      "policy/missing",
      reading.located.place(path, "key"),
      `The ratio \`${name}\` has no \`where\`.`,
      "Say which rows are in the numerator, e.g. `where: { ok: false }`.",
    );
  }
  const where = kind === "ratio" ? (shape.where ?? {}) : {};
  const filter = kind === "distinct" || kind === "retention" ? {} : (shape.filter ?? {});
  return {
    where: parseCondition(where, { table, path: [...path, "where"], reading }),
    filter: parseCondition(filter, { table, path: [...path, "filter"], reading }),
  };
}

/** Kinds whose periods follow the rows, whatever their table says: sets and states have no cells to keep. */
function keepsNothing(kind: MetricKind): boolean {
  return kind === "distinct" || kind === "share" || kind === "retention";
}

/** Of a share, the dimension that shares comes last. */
function byOf(shape: MetricShape): readonly { readonly name: string; readonly at: Path }[] {
  const by = (shape.by ?? []).map((name, index) => ({ name, at: ["by", index] }));
  return shape.share === undefined || shape.of === undefined ? by : [...by, { name: shape.of, at: ["of"] }];
}

function timeOf(table: TableDraft): ColumnDeclaration | undefined {
  return table.columns.find((column) => column.name === table.time);
}

function timeColumn(name: string, shape: MetricShape, table: TableDraft, { located, problems }: Reading): ColumnDeclaration | undefined {
  const times = table.columns.filter((column) => column.take?.tag === "truncate");
  const at = shape.at ?? table.time;
  if (at === undefined) {
    if (table.kind === "entity")
      problems.add(
        "policy/missing",
        located.place(["metrics", name], "key"),
        `The metric \`${name}\` has no \`at\`.`,
        `Name the time that places a row. ${times.length === 0 ? "None is declared." : `Known here: ${times.map((one) => `\`${one.name}\``).join(", ")}.`}`,
      );
    return undefined;
  }
  const column = times.find((one) => one.name === at);
  if (column === undefined && shape.at !== undefined) {
    problems.add(
      "policy/unknown-column",
      located.place(["metrics", name, "at"]),
      `\`${table.name}\` has no truncated time ${shown(at)}.`,
      suggestion(
        at,
        times.map((one) => one.name),
      ),
    );
  }
  return column;
}

interface AtTable {
  readonly table: TableDraft;
  readonly path: Path;
  readonly reading: Reading;
}

function dimensionNames(
  asked: ReturnType<typeof byOf>,
  at: AtTable & { readonly input: MetricsInput; readonly rows: TableDraft },
): readonly string[] | undefined {
  const { table, input, reading } = at;
  let sound = true;
  const names: string[] = [];
  for (const { name, at: step } of asked) {
    const place = reading.located.place([...at.path, ...step]);
    if (names.includes(name)) {
      reading.problems.add("policy/duplicate-name", place, `\`${name}\` stands twice in \`by\`.`);
      continue;
    }
    names.push(name);
    const known = input.dimensions.get(table.name) ?? [];
    if (known.some((dimension) => dimension.name === name)) continue;
    // A declared dimension that is wrong has had its error.
    const implied = Object.hasOwn(table.shape.dimensions ?? {}, name)
      ? undefined
      : impliedDimension(name, table, input.tables, { place, reading });
    if (implied !== undefined && implied !== "none" && table.kind === "entity") {
      input.dimensions.set(table.name, [...known, implied]);
      continue;
    }
    sound = false;
    if (implied === undefined) continue;
    const { message, remedy } = unknownDimension(name, implied, at);
    reading.problems.add("policy/unknown-dimension", place, message, remedy);
  }
  return sound ? names : undefined;
}

function unknownDimension(
  name: string,
  implied: DimensionDeclaration | "none",
  { table, rows, input }: AtTable & { readonly input: MetricsInput; readonly rows: TableDraft },
): { readonly message: string; readonly remedy: string | undefined } {
  const known = (input.dimensions.get(table.name) ?? []).map((dimension) => dimension.name);
  if (rows !== table && implied === "none" && (input.dimensions.get(rows.name) ?? []).some((dimension) => dimension.name === name)) {
    return {
      message: `\`${name}\` belongs to a row of \`${rows.name}\`, and one of \`${table.name}\` may have several.`,
      remedy: `Split by what \`${table.name}\` is now: ${known.map((one) => `\`${one}\``).join(", ")}.`,
    };
  }
  return {
    message: `\`${name}\` is no dimension of \`${table.name}\`.`,
    remedy:
      implied === "none"
        ? suggestion(name, known)
        : `Declare it under dimensions of \`${table.name}\`: \`${name}: { origin: current, of: ${implied.of.table}.${name} }\`.`,
  };
}

function pathToUnit(
  name: string,
  shape: MetricShape,
  table: TableDraft,
  input: MetricsInput,
  reading: Reading,
): readonly string[] | undefined {
  if (table.name === input.unit) return [];
  if (!input.tables.some((one) => one.kind === "entity" && one.name === input.unit)) return undefined; // Said once, for `unit` itself.
  const path = ["metrics", name, ...(shape.unit_via === undefined ? [] : ["unit_via"])];
  const place = reading.located.place(path, shape.unit_via === undefined ? "key" : "value");
  return findWay(
    {
      table,
      tables: input.tables,
      to: input.unit,
      via: shape.unit_via,
      place,
      what: `Protected unit of \`${name}\``,
      viaWord: "unit_via",
      missing: "policy/unit-unreachable",
    },
    reading,
  );
}

/** `inDays`: the metric is made of whole days. A share is the state now and has none. */
function parseGrain(options: {
  readonly kind: MetricKind;
  readonly shape: MetricShape;
  readonly at: ColumnDeclaration | undefined;
  readonly inDays: boolean;
  readonly path: Path;
  readonly reading: Reading;
}): readonly MetricGrain[] {
  const { shape, at, inDays, path } = options;
  if (options.kind === "share") return [];
  const { located, problems } = options.reading;
  const stored = at?.take?.tag === "truncate" ? at.take.to : "minute";
  const possible = grainsOf[stored].filter((grain) => grain !== "hour" || !inDays);
  for (const [index, grain] of (shape.grain ?? []).entries()) {
    if (possible.includes(grain)) continue;
    if (inDays && grain === "hour") {
      const remedy = `Possible: ${possible.join(", ")}.`;
      problems.add("policy/grain-too-fine", located.place([...path, "grain", index]), "Such a metric is made of whole days.", remedy);
      continue;
    }
    problems.add(
      "policy/grain-too-fine",
      located.place([...path, "grain", index]),
      `\`${grain}\` is finer than what \`${at?.name ?? ""}\` stores (${stored}).`,
      `Possible: ${possible.join(", ")}. Or truncate the time to a finer grain.`,
    );
  }
  return grains.filter((grain) => (shape.grain ?? possible).includes(grain));
}

function parseCuboids(
  shape: MetricShape,
  by: ReturnType<typeof byOf>,
  path: Path,
  { located, problems }: Reading,
): readonly (readonly string[])[] | undefined {
  const known = by.map((one) => one.name);
  for (const [index, cuboid] of (shape.cuboids ?? []).entries()) {
    for (const [place, name] of cuboid.entries()) {
      if (known.includes(name)) continue;
      problems.add(
        "policy/unknown-dimension",
        located.place([...path, "cuboids", index, place]),
        `\`${name}\` is not in \`by\`.`,
        suggestion(name, known),
      );
    }
  }
  return shape.cuboids;
}

function parseCondition(shape: ConditionShape, { table, path, reading }: AtTable): Condition {
  return Object.entries(shape).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    const column = table.columns.find((one) => one.name === name && isOwnDimension(table, one));
    if (column === undefined) {
      const names = table.columns.filter((one) => isOwnDimension(table, one)).map((one) => one.name);
      reading.problems.add(
        "policy/unknown-column",
        reading.located.place([...path, name], "key"),
        `\`${table.name}\` takes no value from a column ${shown(name)}.`,
        suggestion(name, names),
      );
      return [];
    }
    for (const [index, one] of values.entries()) {
      if (canBe(column, one)) continue;
      const place = reading.located.place(Array.isArray(value) ? [...path, name, index] : [...path, name]);
      reading.problems.add(
        "policy/condition-impossible",
        place,
        `\`${name}\` can never have this value in the mirror.`,
        possibleValues(column),
      );
    }
    return [{ column: name, values }];
  });
}

/** False only where it is sure without the source's types. */
function canBe(column: ColumnDeclaration, value: string | number | boolean): boolean {
  const take = column.take;
  if (take === undefined) return false;
  if (take.tag === "present") return typeof value === "boolean";
  if (take.tag === "keep" && take.rule === undefined) return typeof value !== "string";
  return typeof value === "string" && storedTextAllowed(take)(value) !== "refused";
}

function possibleValues(column: ColumnDeclaration): string {
  const take = column.take;
  if (take?.tag === "present") return "Use true or false.";
  if (take?.tag === "bucket")
    return `Possible: ${bucketLabels(take.bounds)
      .map((label) => `"${label}"`)
      .join(", ")}.`;
  if (take?.tag === "keep" && take.rule === undefined)
    return "The column has no rule for texts: use true, false or a number, or give it `values`.";
  return "Use a text that the column's rule lets through.";
}
