/** Ways from a table to an entity over columns that refer, at most two; dimensions are resolved with them. */
import type { ColumnDeclaration, DimensionDeclaration, Place, TableDeclaration } from "../declaration.ts";
import type { Reading, TableDraft } from "./tables.ts";
import { shown, suggestion } from "./suggest.ts";

const hopsMax = 2;

interface Way {
  readonly path: readonly string[];
  readonly entity: TableDraft;
}

/** Every way from a table over one or two references, shortest first. */
function waysFrom(table: TableDraft, tables: readonly TableDraft[]): readonly Way[] {
  const ways: Way[] = [];
  let front: readonly { readonly path: readonly string[]; readonly at: TableDraft }[] = [{ path: [], at: table }];
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const next = front.flatMap(({ path, at }) =>
      at.columns.flatMap((column) => {
        const entity = tables.find((one) => one.kind === "entity" && one.name === column.refers);
        return entity === undefined ? [] : [{ path: [...path, column.name], at: entity }];
      }),
    );
    ways.push(...next.map(({ path, at }) => ({ path, entity: at })));
    front = next;
  }
  return ways;
}

export interface WayAsked {
  readonly table: TableDraft;
  readonly tables: readonly TableDraft[];
  readonly to: string;
  /** First referring column, or both with a dot between. */
  readonly via: string | undefined;
  readonly place: Place;
  readonly what: string;
  readonly viaWord: string;
  readonly missing: "policy/path-missing" | "policy/unit-unreachable";
}

/** The one way to an entity: the only one, the only shortest, or the one that `via` names. Adds a problem and returns undefined otherwise. */
export function findWay(asked: WayAsked, { problems }: Reading): readonly string[] | undefined {
  const { table, tables, to, via } = asked;
  const all = waysFrom(table, tables).filter((way) => way.entity.name === to);
  const ways = via === undefined ? all : all.filter((way) => way.path.join(".") === via || way.path[0] === via);
  const [first, second] = ways;
  if (first === undefined) {
    const message =
      via === undefined || all.length === 0
        ? `There is no way from \`${table.name}\` to \`${to}\` over at most ${hopsMax} references.`
        : `No way from \`${table.name}\` to \`${to}\` goes through ${shown(via)}.`;
    problems.add(asked.missing, asked.place, `${asked.what}: ${message}`, all.length === 0 ? undefined : candidates(all, asked.viaWord));
    return undefined;
  }
  if (second === undefined) return first.path;
  problems.add(
    "policy/path-ambiguous",
    asked.place,
    `${asked.what}: there are ${ways.length} ways from \`${table.name}\` to \`${to}\`: ${ways.map((way) => way.path.join(" → ")).join(", ")}.`,
    candidates(ways, asked.viaWord),
  );
  return undefined;
}

function candidates(ways: readonly Way[], word: string): string {
  return `Name one: ${ways.map((way) => `\`${word}: ${way.path.join(".")}\``).join(" or ")}.`;
}

/** Columns whose treated value a metric can be broken down by: not keys, references or times. */
export function isOwnDimension(table: Pick<TableDeclaration, "key">, column: ColumnDeclaration): boolean {
  if (column.take === undefined || column.refers !== undefined || column.name === table.key) return false;
  return column.take.tag !== "truncate" && column.take.tag !== "token" && column.take.tag !== "opaque";
}

/** The declared dimensions and one of origin `own` for each value column. */
export function resolveDimensions(table: TableDraft, tables: readonly TableDraft[], reading: Reading): readonly DimensionDeclaration[] {
  const own = table.columns
    .filter((column) => isOwnDimension(table, column))
    .map((column) => ownDimension(table, column.name, column.name));
  const declared = Object.entries(table.shape.dimensions ?? {}).flatMap(([name, shape]) => {
    const path = [...table.path, "dimensions", name];
    const dimension =
      shape.origin === "current"
        ? currentDimension({ name, of: shape.of, via: shape.via }, table, tables, reading)
        : otherDimension({ name, origin: shape.origin, of: shape.of }, table, reading);
    if (dimension === undefined) return [];
    const same = own.find((one) => one.name === name);
    if (same !== undefined && (dimension.origin !== "own" || dimension.of.column !== same.of.column)) {
      reading.problems.add(
        "policy/duplicate-name",
        reading.located.place(path, "key"),
        `\`${name}\` is a column of \`${table.name}\` and so a dimension of origin own already.`,
        "Give this dimension another name.",
      );
    }
    return [dimension];
  });
  return [...own.filter((one) => !declared.some((other) => other.name === one.name)), ...declared];
}

function ownDimension(table: TableDraft, name: string, column: string): DimensionDeclaration {
  return { name, origin: "own", path: [], of: { table: table.name, column } };
}

function otherDimension(
  asked: { name: string; origin: string; of: string | undefined },
  table: TableDraft,
  { located, problems }: Reading,
): DimensionDeclaration | undefined {
  const path = [...table.path, "dimensions", asked.name];
  const place = located.place([...path, "origin"]);
  if (asked.origin === "as_of" || asked.origin === "observed") {
    problems.add(
      "policy/not-yet",
      place,
      `A dimension of origin \`${asked.origin}\` is not built yet.`,
      "Use `current` (the entity as it is now), or `own` (a column of the row).",
    );
    return undefined;
  }
  if (asked.origin !== "own") {
    problems.add("policy/unknown-word", place, `${shown(asked.origin)} is no origin.`, suggestion(asked.origin, ["own", "current"]));
    return undefined;
  }
  const name = asked.of ?? asked.name;
  const column = table.columns.find((one) => one.name === name && isOwnDimension(table, one));
  if (column !== undefined) return ownDimension(table, asked.name, name);
  problems.add(
    "policy/unknown-column",
    located.place(asked.of === undefined ? path : [...path, "of"], asked.of === undefined ? "key" : "value"),
    `\`${table.name}\` takes no value from a column ${shown(name)}.`,
    suggestion(name, ownNames(table)),
  );
  return undefined;
}

function currentDimension(
  asked: { name: string; of: string | undefined; via: string | undefined },
  table: TableDraft,
  tables: readonly TableDraft[],
  reading: Reading,
): DimensionDeclaration | undefined {
  const { located, problems } = reading;
  const path = [...table.path, "dimensions", asked.name];
  const [, entityName, columnName] = /^([^.]+)\.([^.]+)$/.exec(asked.of ?? "") ?? [];
  if (entityName === undefined || columnName === undefined) {
    problems.add(
      "policy/treatment-detail",
      located.place([...path, "of"]),
      `The dimension \`${asked.name}\` needs \`of: entity.column\`.`,
      "Write e.g. `{ origin: current, of: devices.model }`.",
    );
    return undefined;
  }
  const place = located.place([...path, "of"]);
  const entities = tables.filter((one) => one.kind === "entity");
  const entity = entities.find((one) => one.name === entityName);
  if (entity === undefined) {
    problems.add(
      "policy/unknown-entity",
      place,
      `${shown(entityName)} is no entity.`,
      suggestion(
        entityName,
        entities.map((one) => one.name),
      ),
    );
    return undefined;
  }
  if (!entity.columns.some((one) => one.name === columnName && isOwnDimension(entity, one))) {
    problems.add(
      "policy/unknown-column",
      place,
      `\`${entity.name}\` takes no value from a column ${shown(columnName)}.`,
      suggestion(columnName, ownNames(entity)),
    );
    return undefined;
  }
  const way = findWay(
    {
      table,
      tables,
      to: entity.name,
      via: asked.via,
      place,
      what: `Dimension \`${asked.name}\``,
      viaWord: "via",
      missing: "policy/path-missing",
    },
    reading,
  );
  return way && { name: asked.name, origin: "current", path: way, of: { table: entity.name, column: columnName } };
}

function ownNames(table: TableDraft): readonly string[] {
  return table.columns.filter((column) => isOwnDimension(table, column)).map((column) => column.name);
}

/**
 * An entity's metrics may name a column of an entity that it refers to without declaring a dimension: an entity is "as it is
 * now" by nature. Returns undefined, with a problem added when there are several such columns.
 */
export function impliedDimension(
  name: string,
  table: TableDraft,
  tables: readonly TableDraft[],
  at: { readonly place: Place; readonly reading: Reading },
): DimensionDeclaration | "none" | undefined {
  const ways = waysFrom(table, tables).filter((way) =>
    way.entity.columns.some((column) => column.name === name && isOwnDimension(way.entity, column)),
  );
  const [first, second] = ways;
  if (first === undefined) return "none";
  if (second === undefined) return { name, origin: "current", path: first.path, of: { table: first.entity.name, column: name } };
  at.reading.problems.add(
    "policy/path-ambiguous",
    at.place,
    `\`${name}\` is reached in ${ways.length} ways: ${ways.map((way) => `${way.entity.name}.${name} by ${way.path.join(" → ")}`).join(", ")}.`,
    `Declare it under dimensions of \`${table.name}\`: \`${name}: { origin: current, of: ${first.entity.name}.${name}, via: ${first.path.join(".")} }\`.`,
  );
  return undefined;
}
