/** Builds cells from rows, and recounts cells whose bounds do not decide. */
import { must } from "../../lib/assert.ts";
import { rowsColumn, rowsTable } from "../layout.ts";
import { layoutsOf } from "./apply.ts";
import type { ApplyContext } from "./apply.ts";
import { batchOfEntities, batchOfSome, presentRefs } from "./batches.ts";
import type { Cells } from "./cells.ts";
import type { RowBatch } from "./evaluate.ts";
import type { MetricCells, MinuteRange } from "./metric-cells.ts";
import { nullInt } from "./stored.ts";
import { createCells, dropCells, writeAllCells } from "./tables.ts";

/** Entities given at a time. */
const entitySlice = 8_192;

/** Rows of a metric's table, all or those of a range of minutes. */
async function scanRows(
  context: ApplyContext,
  metric: MetricCells,
  range: MinuteRange | undefined,
  take: (batch: RowBatch) => void,
): Promise<void> {
  const { connection, memory, pacer } = context;
  const { spec, columns: names } = metric.plan;
  const info = memory.info(spec.table);
  if (info.table.kind === "entity") {
    const entity = must(memory.entities.get(spec.table), "entity");
    const minutes = range === undefined || spec.time === undefined ? undefined : entity.column(spec.time);
    for (const refs of presentRefs(entity, must(memory.tokens.get(spec.table), "tokens").count, entitySlice)) {
      const inside = range === undefined || minutes === undefined ? refs : refs.filter((ref) => isInside(minutes[ref]!, range));
      if (inside.length > 0) take(batchOfEntities(entity, inside));
      await pacer.pause();
    }
    return;
  }
  const time = spec.time === undefined ? undefined : `f.${rowsColumn(info.table, spec.time)}`;
  const where = range === undefined || time === undefined ? "" : ` WHERE ${time} >= ${range.from} AND ${time} < ${range.to}`;
  const sql = `SELECT ${names.map((name) => `f.${rowsColumn(info.table, name)}`).join(", ")} FROM ${rowsTable(spec.table)} f${where}`;
  await connection.scan({ sql, layouts: layoutsOf(info, names) }, async (columns, rowCount) => {
    take(batchOfSome(info, names, columns, rowCount));
    await pacer.pause();
  });
}

function isInside(minute: number, range: MinuteRange): boolean {
  return minute !== nullInt && minute >= range.from && minute < range.to;
}

/** Builds a metric's cells anew from all rows and writes them. */
export async function rebuildMetric(context: ApplyContext, metric: MetricCells): Promise<void> {
  await buildMetric(context, metric);
  await writeBuilt(context, metric);
}

/** Builds a metric's cells from all rows. */
export async function buildMetric(context: ApplyContext, metric: MetricCells): Promise<void> {
  await metric.startBuild(context.memory.rows.get(metric.plan.spec.table) ?? 0, context.pacer);
  await scanRows(context, metric, undefined, (batch) => metric.build(batch));
  metric.finishBuild();
}

/** Writes the cells of a build that is finished. A cuboid that was given up has no table. */
export async function writeBuilt({ connection, pacer }: ApplyContext, metric: MetricCells): Promise<void> {
  const { name, cuboids } = metric.plan.spec;
  if (metric.dropGivenUp()) {
    await dropCells(
      connection,
      name,
      cuboids.map((cuboid) => cuboid.id),
    );
    await createCells(connection, metric.plan.spec);
  }
  await writeAllCells(connection, metric, pacer);
}

/**
 * Makes every touched cell decide whether k units stand behind it: recounts those that do not, all of a metric in as few scans as can
 * be. `later`: those stay open, since all are being counted.
 */
export async function settleMetric(context: ApplyContext, metric: MetricCells, later: boolean): Promise<void> {
  const undecided = metric.settle();
  if (!later) await recount(context, metric, undecided);
}

/**
 * After a restart no units are known: counts those of the cells that are about to change anyway, before there is a batch that would
 * have to wait for it.
 */
export async function warmMetric(context: ApplyContext, metric: MetricCells): Promise<void> {
  await recount(context, metric, metric.coldNow());
}

async function recount(context: ApplyContext, metric: MetricCells, cells: ReadonlyMap<Cells, readonly number[]>): Promise<void> {
  await recountOnly(context, metric, metric.withPeriods(cells));
}

/** Counts the units of these cells from rows. */
export async function recountOnly(context: ApplyContext, metric: MetricCells, cells: ReadonlyMap<Cells, readonly number[]>): Promise<void> {
  if (cells.size === 0) return;
  const recounter = metric.recounter(cells);
  for (const range of metric.rangesOf(cells)) await scanRows(context, metric, range, (batch) => recounter.add(metric.plan.evaluate(batch)));
  recounter.finish();
}
