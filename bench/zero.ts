/** The snapshot beside zero-cache's initial sync of the same table and columns, in the same run. */
import type { PublishedTable } from "./database.ts";
import { installZero, zeroInitialSync, zeroVersion } from "./limits/zero.ts";
import { startName } from "./product.ts";
import type { BenchRow } from "./report.ts";
import { human, humanBytes } from "./report.ts";

export interface ZeroBench {
  readonly wanted: boolean;
  /** Ends it with the run. */
  readonly owned: AsyncDisposableStack;
  readonly adminUrl: string;
  readonly table: PublishedTable;
  /** Rows of that table a second that Vitrine loaded in this run. */
  readonly ours: number;
  readonly group: string;
}

/** Compared with its copying of the rows alone: that is what we call loaded. It builds its index afterwards. */
export async function benchZero({ wanted, owned, adminUrl, table, ours, group }: ZeroBench): Promise<BenchRow> {
  const common = {
    group,
    what: `snapshot, events table, against zero-cache ${zeroVersion}`,
    figure: `${human(ours)} rows/s`,
    goal: "≥ 3.5×",
  };
  if (!wanted) return { ...common, note: "npm run bench -- --zero installs it (npm @rocicorp/zero, Apache-2.0, 340 MB) and measures it" };
  try {
    await installZero();
    const sync = await zeroInitialSync({ adminUrl, table, owned });
    const rate = (1000 * sync.rows) / sync.copyMs;
    return {
      ...common,
      against: `zero-cache ${human(rate)} rows/s`,
      ratio: ours / rate,
      met: ours / rate >= 3.5,
      start: startName(group, "snapshot"),
      note: `zero-cache synced ${human(sync.rows)} rows, with its index ${human((1000 * sync.rows) / sync.totalMs)} rows/s; peak memory ${humanBytes(sync.peakBytes)}`,
    };
  } catch (error) {
    return { ...common, note: `zero-cache could not be measured: ${error instanceof Error ? error.message : "it failed"}` };
  }
}
