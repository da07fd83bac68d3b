/**
 * Kept history: when the source purges old rows, the closed periods of a metric with `history: keep` stand. A generation that takes
 * over from another one is given that one's cells for the periods that have lost rows and for all before them. They lie apart
 * from the cells that follow the rows, so that those can still be recomputed exactly; answers put both together.
 */
import { must } from "../lib/assert.ts";
import type { SafeSchema } from "../policy/safe.ts";
import { calendarOf } from "./calendar.ts";
import type { CellsSpec, Grain, MetricSpec, PeriodCuboid } from "./cuboid.ts";
import { boundariesOf } from "./history/boundaries.ts";
import { copyCells, keptCuboids } from "./history/copy.ts";
import { countByHour, lastLostMinute } from "./history/lost.ts";
import type { HourCount } from "./history/lost.ts";
import type { Mirror, MirrorView } from "./mirror.ts";

/** What is kept of one metric, beside its cells. */
export interface KeptHistory {
  /** Of what the cells are (`meaningOfHistory`): they answer for nothing else. */
  readonly meaning: string;
  /** Those of which there are kept cells. */
  readonly cuboids: readonly PeriodCuboid[];
  /** By grain: buckets below it are kept, it and the later ones are counted from the rows. */
  readonly before: Readonly<Record<Grain, number>>;
  /** By grain: buckets that lost rows while they ran, and so are neither kept nor whole. */
  readonly partial: Readonly<Record<Grain, readonly number[]>>;
}

/** A mirror as carrying over needs it. */
export interface HistorySide extends Pick<Mirror, "schema" | "view"> {
  /** With the cuboids that it keeps. */
  readonly cells: CellsSpec | undefined;
}

/** Writes kept cells inside one transaction. */
export interface HistoryWriter {
  /** The store's own code of a text, learnt when it is new. */
  codeOf(table: string, column: string, text: string): number;
  /** The cells that follow are this metric's. */
  begin(metric: MetricSpec, kept: KeptHistory): Promise<void>;
  /** Cells of one cuboid (its place in `kept.cuboids`): bucket, its dimensions, measures as in `cellMeasures`; equal keys are added up. */
  append(place: number, cells: readonly (readonly number[])[]): Promise<void>;
}

export interface HistoryTarget extends HistorySide {
  writeHistory<T>(work: (writer: HistoryWriter) => Promise<T>): Promise<T>;
}

/** What became of one metric. `differs`: its definition, zone, k or dimensions are others than in the older generation, so nothing could be carried. */
export interface CarriedMetric {
  readonly metric: string;
  readonly outcome: "kept" | "nothing-lost" | "differs";
  readonly cells: number;
  /** By grain; undefined where nothing is kept. */
  readonly before: KeptHistory["before"] | undefined;
}

export interface CarryOptions {
  readonly from: HistorySide;
  readonly to: HistoryTarget;
  /** Whether the policy of `to` lets a text of the older store be; else it becomes `other`. */
  readonly isTextAllowed: (table: string, column: string, text: string) => boolean;
}

/** What kept cells mean; two stores with the same text may exchange them. */
export function meaningOfHistory(schema: SafeSchema, cells: CellsSpec, metric: MetricSpec): string {
  const dimensions = metric.dimensions.map(({ name, path }) => {
    const column = schema.tables.find((one) => one.name === path.table)?.columns.find((one) => one.name === path.column);
    return [name, path, column?.scale];
  });
  return JSON.stringify([metric.version, cells.zone, cells.k, dimensions, metric.unitPath]);
}

/**
 * Carries closed periods from an older generation over, in one transaction of the younger one; done again it gives the same. Both
 * must hold a whole copy. Throws VitrineError mirror/… when a store fails.
 */
export async function carryHistory({ from, to, isTextAllowed }: CarryOptions): Promise<readonly CarriedMetric[]> {
  const wanted = must(to.cells, "cells of a whole copy").metrics.filter((metric) => metric.history === "keep" && metric.time !== undefined);
  if (wanted.length === 0) return [];
  return from.view(async (view) => {
    const plans: CarryPlan[] = [];
    const counted = new Map<string, Counts>();
    for (const metric of wanted) {
      const key = JSON.stringify([metric.table, metric.time]);
      const counts = counted.get(key) ?? {
        older: await countByHour(view, metric),
        source: await to.view((now) => countByHour(now, metric)),
      };
      counted.set(key, counts);
      plans.push(planOf({ view, from, to, metric, counts }));
    }
    return to.writeHistory(async (writer) => {
      const done: CarriedMetric[] = [];
      for (const plan of plans) done.push(await carry({ plan, view, from, writer, isTextAllowed }));
      return done;
    });
  });
}

/** Rows by hour: as the older generation holds them, and as the source has them now. */
interface Counts {
  readonly older: readonly HourCount[];
  readonly source: readonly HourCount[];
}

interface CarryPlan {
  /** As the older generation keeps it. */
  readonly metric: MetricSpec;
  readonly outcome: CarriedMetric["outcome"];
  readonly earlier: KeptHistory | undefined;
  readonly kept: KeptHistory | undefined;
}

function planOf(options: {
  readonly view: MirrorView;
  readonly from: HistorySide;
  readonly to: HistorySide;
  readonly metric: MetricSpec;
  readonly counts: Counts;
}): CarryPlan {
  const { view, from, to, metric, counts } = options;
  const { schema, cells } = whole(from);
  const older = cells.metrics.find((one) => one.name === metric.name);
  const now = whole(to);
  const nothing = { metric, earlier: undefined, kept: undefined };
  if (older === undefined) return { ...nothing, outcome: "nothing-lost" };
  const meaning = meaningOfHistory(schema, cells, older);
  if (meaning !== meaningOfHistory(now.schema, now.cells, metric)) return { ...nothing, outcome: "differs" };
  const earlier = view.status.history?.[metric.name];
  const asOf = asOfMinute(view);
  const lost = lastLostMinute(counts.older, counts.source, asOf);
  const boundaries = boundariesOf({ calendar: calendarOf(cells.zone), lost, asOf, earlier });
  if (boundaries === undefined) return { ...nothing, outcome: "nothing-lost" };
  return { metric: older, outcome: "kept", earlier, kept: { meaning, cuboids: keptCuboids(older, earlier), ...boundaries } };
}

/**
 * The minute up to which the older generation has followed the source. A purge that the stream did not show makes it doubtful, but
 * takes nothing from it: what was inserted goes on coming in, so a period that ended meanwhile is whole.
 */
function asOfMinute({ status }: MirrorView): number {
  return Math.floor(Math.max(status.proven?.at ?? 0, status.applied?.at ?? 0) / 60_000_000);
}

async function carry(options: {
  readonly plan: CarryPlan;
  readonly view: MirrorView;
  readonly from: HistorySide;
  readonly writer: HistoryWriter;
  readonly isTextAllowed: CarryOptions["isTextAllowed"];
}): Promise<CarriedMetric> {
  const { plan, view, from, writer, isTextAllowed } = options;
  const { metric, outcome, kept, earlier } = plan;
  if (kept === undefined) return { metric: metric.name, outcome, cells: 0, before: undefined };
  await writer.begin(metric, kept);
  const cells = await copyCells({ view, ...whole(from), metric, kept, earlier, writer, isTextAllowed });
  return { metric: metric.name, outcome, cells, before: kept.before };
}

function whole(side: HistorySide): { readonly schema: SafeSchema; readonly cells: CellsSpec } {
  return { schema: must(side.schema, "schema of a whole copy"), cells: must(side.cells, "cells of a whole copy") };
}
