/**
 * The failure rate by day and model, side by side in one run: Vitrine over HTTP, the source itself, its materialised view, OpenSearch. Nothing
 * else is going on meanwhile, and each is asked over its own protocol by one client.
 */
import type { Ask } from "./answers.ts";
import { openSearchTimes, openSearchVersion } from "./limits/opensearch.ts";
import { postgresTimes } from "./limits/raw-postgres.ts";
import type { BenchRow } from "./report.ts";
import { human, quantile } from "./report.ts";

export interface RatesBench {
  readonly ask: Ask;
  readonly adminUrl: string;
  readonly group: string;
  /** false: OpenSearch is not measured, and a row says so. */
  readonly openSearch: boolean;
  readonly owned: AsyncDisposableStack;
  readonly say: (text: string) => void;
}

const days = 150;
const times = 50;

export async function benchRates({ ask, adminUrl, group, openSearch, owned, say }: RatesBench): Promise<readonly BenchRow[]> {
  const rateMs = await askMs(ask, "by=model&");
  const countMs = await askMs(ask, "");
  say(`${group}: the same in PostgreSQL …`);
  const postgres = await postgresTimes(adminUrl, days, times);
  const figure = `${rateMs.toFixed(1)} ms`;
  const what = (against: string): string => `failure rate by day and model, ${days} days, against ${against}`;
  const rows: BenchRow[] = [
    {
      group,
      what: what("PostgreSQL's rows"),
      figure,
      against: `${postgres.rawMs.toFixed(0)} ms (covering index, 2 workers)`,
      ratio: postgres.rawMs / rateMs,
      goal: "≥ 1,000× at 100 M",
      // The goal is of that size; of others the ratio is printed.
      met: group.startsWith("100.00 M") ? postgres.rawMs / rateMs >= 1_000 : undefined,
    },
    {
      group,
      what: what("its materialised view"),
      figure,
      against: `${postgres.viewMs.toFixed(1)} ms, not fresh: a refresh takes ${postgres.refreshMs.toFixed(0)} ms`,
      ratio: rateMs / postgres.viewMs,
      goal: "≤ 1.5×",
      met: rateMs / postgres.viewMs <= 1.5,
    },
  ];
  return [...rows, ...(await openSearchRows({ adminUrl, group, openSearch, owned, say, rateMs, countMs, what }))];
}

async function openSearchRows(
  options: Omit<RatesBench, "ask"> & {
    readonly rateMs: number;
    readonly countMs: number;
    readonly what: (against: string) => string;
  },
): Promise<readonly BenchRow[]> {
  const { adminUrl, group, openSearch, owned, say, rateMs, countMs, what } = options;
  const missing = (note: string): readonly BenchRow[] => [
    {
      group,
      what: what(`OpenSearch ${openSearchVersion}`),
      figure: `${rateMs.toFixed(1)} ms`,
      goal: "≥ 100×",
      note: `not measured: ${note}`,
    },
  ];
  if (!openSearch) return missing("npm run bench -- --opensearch fetches it by Maven (51 MB) and measures it");
  say(`${group}: the same in OpenSearch …`);
  try {
    const { uncachedMs, cachedMs, countByDayMs, documents, indexMs } = await openSearchTimes({ adminUrl, days, times: 12, owned });
    const note = `${human(documents)} documents, indexed in ${(indexMs / 1000).toFixed(0)} s, merged to one segment`;
    const row = (name: string, ours: number, theirs: number, least: number): BenchRow => ({
      group,
      what: name,
      figure: `${ours.toFixed(1)} ms`,
      against: `${theirs.toFixed(1)} ms`,
      ratio: theirs / ours,
      goal: `≥ ${least}×`,
      met: theirs / ours >= least,
    });
    return [
      { ...row(what(`OpenSearch ${openSearchVersion}, uncached`), rateMs, uncachedMs, 100), note },
      row(what("OpenSearch, cached"), rateMs, cachedMs, 1),
      row(`count by day, ${days} days, against OpenSearch`, countMs, countByDayMs, 1),
    ];
  } catch (error) {
    return missing(error instanceof Error ? error.message : "it failed");
  }
}

/** Median over HTTP, each time with another range. */
async function askMs(ask: Ask, by: string): Promise<number> {
  const ms: number[] = [];
  for (let time = 0; time <= times; time += 1) {
    const started = performance.now();
    const { status } = await ask(`failed_connection_rate?grain=day&${by}range=last%20${days - (time % 7)}%20days`);
    if (status !== 200) throw new Error(`the failure rate was answered with ${status}`);
    if (time > 0) ms.push(performance.now() - started);
  }
  return quantile(ms, 0.5);
}
