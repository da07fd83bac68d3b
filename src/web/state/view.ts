/**
 * What is looked at, as the query of the address: everything that decides what is seen and nothing else, so that a link shows the same
 * to whoever may see it, and the back button is enough to undo.
 */
import type { Grain } from "../numbers/periods.ts";
import { grainNamed } from "../numbers/periods.ts";

export type Page = "overview" | "metric" | "fleet" | "copy" | "exposure";

export interface View {
  readonly page: Page;
  readonly metric: string | undefined;
  readonly grain: Grain | undefined;
  /** Words of the grammar (`last 30 days`); undefined where `from` and `to` stand, or the grain's own. */
  readonly range: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Set beside it the range of equal length before. */
  readonly compare: boolean;
  /** The dimension whose values' first appearances are marked in the chart; "none": no marks. */
  readonly mark: string | undefined;
  /** The declared store that is unfolded. */
  readonly asset: string | undefined;
}

export const overview: View = {
  page: "overview",
  metric: undefined,
  grain: undefined,
  range: undefined,
  from: undefined,
  to: undefined,
  by: [],
  where: {},
  compare: false,
  mark: undefined,
  asset: undefined,
};

const pages: readonly Page[] = ["overview", "metric", "fleet", "copy", "exposure"];
const name = /^[a-z][a-z0-9_]{0,62}$/;
const assetName = /^[a-z][a-z0-9_-]{0,62}$/;
const lengthMax = 200;

/** From `location.search`. What is not understood is left out: an old link shows what it still can. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const text = (key: string): string | undefined => {
    const value = query.get(key);
    return value === null || value === "" || value.length > lengthMax ? undefined : value;
  };
  const metric = text("metric");
  const isMetric = metric !== undefined && name.test(metric);
  const page = pages.find((one) => one === text("page")) ?? (isMetric ? "metric" : "overview");
  return {
    page: page === "metric" && !isMetric ? "overview" : page,
    metric: isMetric ? metric : undefined,
    grain: grainNamed(text("grain")),
    range: text("from") === undefined ? text("range") : undefined,
    from: text("from"),
    to: text("from") === undefined ? undefined : text("to"),
    by: [...new Set((text("by") ?? "").split(",").filter((one) => name.test(one)))].slice(0, 3),
    where: readFilters(query),
    compare: text("compare") === "previous",
    mark: text("mark"),
    asset: page === "exposure" && assetName.test(text("asset") ?? "") ? text("asset") : undefined,
  };
}

function readFilters(query: URLSearchParams): View["where"] {
  const where: Record<string, string[]> = {};
  for (const [key, value] of query) {
    const dimension = /^where\.(.+)$/.exec(key)?.[1];
    if (dimension !== undefined && name.test(dimension) && value.length <= lengthMax) (where[dimension] ??= []).push(value);
  }
  return where;
}

/** For the address: `?metric=…`, or `` for the overview as it opens. */
export function writeView(view: View): string {
  const query = new URLSearchParams();
  const set = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") query.set(key, value);
  };
  if (view.page === "metric") set("metric", view.metric);
  else if (view.page !== "overview") set("page", view.page);
  set("grain", view.grain);
  set("range", view.range);
  set("from", view.from);
  set("to", view.to);
  set("by", view.by.join(","));
  for (const [dimension, values] of Object.entries(view.where)) for (const value of values) query.append(`where.${dimension}`, value);
  if (view.compare) set("compare", "previous");
  set("mark", view.mark);
  set("asset", view.asset);
  // Commas and slashes may stand in a query as they are; a link that people read is worth it.
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

/** A filter with one value more or less; the last one taken out removes the filter. */
export function withFilter(view: View, dimension: string, values: readonly string[]): View {
  const { [dimension]: _, ...rest } = view.where;
  return { ...view, where: values.length === 0 ? rest : { ...rest, [dimension]: values } };
}
