/** What can be said of metrics only once the types are known. */
import { unreachable } from "../../lib/assert.ts";
import type { CompiledColumn, CompiledTable } from "../compile.ts";
import type { Condition, Declaration, MetricDeclaration } from "../declaration.ts";
import type { Problems } from "../declaration/problems.ts";

export function checkMetrics(declaration: Declaration, tables: readonly CompiledTable[], problems: Problems): void {
  for (const metric of declaration.metrics) {
    const table = tables.find((one) => one.declaration.name === metric.table);
    if (table === undefined) continue;
    const at = table.columns.find((column) => column.safe.name === metric.at);
    if (at?.type === "date" && metric.grain.includes("hour")) {
      problems.add(
        "policy/grain-too-fine",
        metric.place,
        `\`${metric.name}\` asks for hours, but \`${metric.at}\` is a date.`,
        "Say `grain: [day, week, month]`.",
      );
    }
    for (const condition of [...metric.filter, ...metric.where]) checkCondition(condition, metric, table, problems);
    checkDetail(metric, tables, problems);
  }
}

function checkDetail(metric: MetricDeclaration, tables: readonly CompiledTable[], problems: Problems): void {
  const { detail } = metric;
  if (detail === undefined || detail.tag === "share-of") return;
  const name = detail.tag === "sum" ? metric.table : detail.table;
  const table = tables.find((one) => one.declaration.name === name);
  if (table === undefined) return;
  if (detail.tag !== "sum") {
    for (const condition of detail.filter) checkCondition(condition, metric, table, problems);
    return;
  }
  const kind = table.columns.find((column) => column.safe.name === detail.column)?.safe.kind;
  if (kind === undefined || kind === "i32" || kind === "i64") return;
  problems.add(
    "policy/not-summable",
    metric.place,
    `\`${metric.name}\` adds up \`${detail.column}\`, which holds ${kind === "f64" ? "floating-point numbers" : "no numbers"}.`,
    "Sum integers, or decimals with a fixed scale (`numeric(12,2)`): they add up exactly.",
  );
}

function checkCondition(condition: Condition[number], metric: MetricDeclaration, table: CompiledTable, problems: Problems): void {
  const column = table.columns.find((one) => one.safe.name === condition.column);
  const type = column && valueType(column);
  if (type === undefined || condition.values.every((value) => typeof value === type)) return;
  problems.add(
    "policy/condition-impossible",
    metric.place,
    `\`${metric.name}\` compares \`${condition.column}\` with something that is no ${type}.`,
    `Write a ${type}.`,
  );
}

function valueType(column: CompiledColumn): "boolean" | "number" | "string" | undefined {
  switch (column.safe.kind) {
    case "bool":
      return "boolean";
    case "i32":
    case "i64":
    case "f64":
      return "number";
    case "code":
      return "string";
    case "minute":
    case "token":
      return undefined;
    default:
      return unreachable(column.safe.kind);
  }
}
