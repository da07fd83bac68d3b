/** Metrics: what is counted, when it happened, by what, and the way to the protected unit. */
import type { ColumnDeclaration, Condition, DimensionDeclaration, MetricDeclaration, MetricGrain, TimeGrain } from "../declaration.ts";
import { digest } from "./hash.ts";
import type { Path } from "./located.ts";
import { findWay, impliedDimension, isOwnDimension } from "./paths.ts";
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
  const place = reading.located.place(path, "key");
  const counted = countedTable(name, shape, input, reading);
  if (counted === undefined) return undefined;
  const { kind, table } = counted;
  const at = timeColumn(name, shape, table, reading);
  const by = dimensionNames(shape, { table, input, path, reading });
  const unitPath = pathToUnit(name, shape, table, input, reading);
  if (kind === "ratio" && shape.where === undefined) {
    reading.problems.add(
      "policy/missing",
      place,
      `The ratio \`${name}\` has no \`where\`.`,
      "Say which rows are in the numerator, e.g. `where: { ok: false }`.",
    );
  }
  if (kind === "count" && shape.where !== undefined) {
    reading.problems.add(
      "policy/unknown-word",
      reading.located.place([...path, "where"], "key"),
      "A count has no `where`.",
      "Use `filter:` for the rows that count at all.",
    );
  }
  const where = parseCondition(shape.where ?? {}, { table, path: [...path, "where"], reading });
  const filter = parseCondition(shape.filter ?? {}, { table, path: [...path, "filter"], reading });
  const grain = parseGrain(shape, at, path, reading);
  const cuboids = parseCuboids(shape, path, reading);
  if (at === undefined || by === undefined || unitPath === undefined) return undefined;
  const history = shape.history ?? table.history;
  const dimensions = by.map((one) => (input.dimensions.get(table.name) ?? []).find((dimension) => dimension.name === one));
  const version = digest({
    kind,
    table: table.name,
    at: at.name,
    filter,
    where,
    by,
    dimensions,
    grain,
    cuboids,
    unit: input.unit,
    unitPath,
    zone: input.zone,
    history,
  });
  const title = shape.title ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;
  return {
    name,
    title,
    description: shape.description ?? "",
    kind,
    table: table.name,
    at: at.name,
    filter,
    where,
    by,
    grain,
    cuboids,
    history,
    unitPath,
    version,
    place,
  };
}

function countedTable(
  name: string,
  shape: MetricShape,
  input: MetricsInput,
  { located, problems }: Reading,
): { kind: "count" | "ratio"; table: TableDraft } | undefined {
  const path = ["metrics", name];
  if ((shape.count === undefined) === (shape.ratio === undefined)) {
    problems.add(
      shape.count === undefined ? "policy/missing" : "policy/wrong-shape",
      located.place(path, "key"),
      `The metric \`${name}\` needs one of \`count\` and \`ratio\`.`,
      "Say what it counts, e.g. `count: devices`.",
    );
    return undefined;
  }
  const kind = shape.count === undefined ? "ratio" : "count";
  const tableName = shape.count ?? shape.ratio ?? "";
  const table = input.tables.find((one) => one.name === tableName);
  if (table !== undefined) return { kind, table };
  problems.add(
    "policy/unknown-table",
    located.place([...path, kind]),
    `\`${tableName}\` is neither an entity nor a fact.`,
    suggestion(
      tableName,
      input.tables.map((one) => one.name),
    ),
  );
  return undefined;
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

function dimensionNames(shape: MetricShape, at: AtTable & { readonly input: MetricsInput }): readonly string[] | undefined {
  const { table, input, reading } = at;
  let sound = true;
  const names: string[] = [];
  for (const [index, name] of (shape.by ?? []).entries()) {
    const place = reading.located.place([...at.path, "by", index]);
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
    const remedy =
      implied === "none"
        ? suggestion(
            name,
            known.map((dimension) => dimension.name),
          )
        : `Declare it under dimensions of \`${table.name}\`: \`${name}: { origin: current, of: ${implied.of.table}.${name} }\`.`;
    reading.problems.add("policy/unknown-dimension", place, `\`${name}\` is no dimension of \`${table.name}\`.`, remedy);
  }
  return sound ? names : undefined;
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

function parseGrain(
  shape: MetricShape,
  at: ColumnDeclaration | undefined,
  path: Path,
  { located, problems }: Reading,
): readonly MetricGrain[] {
  const stored = at?.take?.tag === "truncate" ? at.take.to : "minute";
  const possible = grainsOf[stored];
  for (const [index, grain] of (shape.grain ?? []).entries()) {
    if (possible.includes(grain)) continue;
    problems.add(
      "policy/grain-too-fine",
      located.place([...path, "grain", index]),
      `\`${grain}\` is finer than what \`${at?.name ?? ""}\` stores (${stored}).`,
      `Possible: ${possible.join(", ")}. Or truncate the time to a finer grain.`,
    );
  }
  return grains.filter((grain) => (shape.grain ?? possible).includes(grain));
}

function parseCuboids(shape: MetricShape, path: Path, { located, problems }: Reading): readonly (readonly string[])[] | undefined {
  for (const [index, cuboid] of (shape.cuboids ?? []).entries()) {
    for (const [place, name] of cuboid.entries()) {
      if ((shape.by ?? []).includes(name)) continue;
      problems.add(
        "policy/unknown-dimension",
        located.place([...path, "cuboids", index, place]),
        `\`${name}\` is not in \`by\`.`,
        suggestion(name, shape.by ?? []),
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
