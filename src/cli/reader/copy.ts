/** The snapshot: raw rows in, safe rows down the pipe. Returns where the stream begins. */
import type { CrashHook } from "../../lib/crash-points.ts";
import type { Lsn } from "../../model/lsn.ts";
import type { DownMessage } from "../../policy/safe.ts";
import { grantedColumns } from "../../policy/compile.ts";
import type { Treater } from "../../policy/treat.ts";
import type { Epoch } from "../../source/epoch.ts";
import { formatEpoch, withoutUndeclared } from "../../source/epoch.ts";
import { openSnapshot } from "../../source/snapshot.ts";
import type { ServerLink } from "./link.ts";
import type { Prepared } from "./prepare.ts";
import type { TroubleReport } from "./trouble.ts";

const snapshotConnections = 1;

export async function copyAll(options: {
  readonly prepared: Prepared;
  readonly treater: Treater;
  readonly link: ServerLink;
  readonly slot: string;
  readonly crash: CrashHook;
  readonly trouble: TroubleReport;
}): Promise<{ readonly lsn: Lsn; readonly at: undefined; readonly epoch: Epoch }> {
  const { prepared, treater, link, crash } = options;
  await using snapshot = await openSnapshot({
    source: prepared.source,
    slot: options.slot,
    tables: prepared.compiled.sourceTables,
    publications: prepared.publications,
    rowSecurityTables: prepared.rowSecurityTables,
    connections: snapshotConnections,
    replaceSlot: true,
    onStatus: (status) => {
      if (status.tag !== "blocked") return;
      void link.send(
        readerStatus("waiting", `The new slot waits for transactions that are running on the source: pids ${status.pids.join(", ")}.`),
      );
    },
  });
  await link.send({ tag: "snapshot-begin", lsn: snapshot.lsn, at: snapshot.at, estimates: snapshot.estimates });
  await link.send(readerStatus("snapshot", "Copying the declared tables."));
  for await (const event of snapshot.events()) {
    if (event.tag === "table-done") {
      await link.send({ tag: "table-done", table: event.table, rowCount: event.rowCount });
      continue;
    }
    await link.sendData(treater.rows(event.rows));
    crash("reader-mid-snapshot");
  }
  crash("reader-before-snapshot-end");
  await options.trouble.send();
  const epoch = withoutUndeclared(snapshot.epoch, grantedColumns(prepared.compiled));
  await link.send({ tag: "snapshot-end", lsn: snapshot.lsn, epoch: formatEpoch(epoch) });
  return { lsn: snapshot.lsn, at: undefined, epoch };
}

export function readerStatus(
  state: string,
  message: string,
  more: { readonly code?: string; readonly remedy?: string } = {},
): Extract<DownMessage, { tag: "reader-status" }> {
  return { tag: "reader-status" as const, state, message, code: more.code, remedy: more.remedy, slot: undefined };
}
