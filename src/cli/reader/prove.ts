/** Lets this credential try what the policy does not allow; policy/prove.ts makes verdicts of what happened. */
import { grantedColumns, tablesNeeded } from "../../policy/compile.ts";
import { proveSource } from "../../policy/prove.ts";
import type { ProofVerdict, ReaderNotice } from "../../policy/safe.ts";
import type { Catalog } from "../../source/catalog.ts";
import { readCatalog } from "../../source/catalog-read.ts";
import { preflight } from "../../source/preflight.ts";
import { listUndeclaredColumns, probeColumns, probeOtherDecoding, probePhysicalReplication } from "../../source/probes.ts";
import type { Prepared } from "./prepare.ts";
import { splitName } from "./prepare.ts";

/** `at` in microseconds since 1970. `probeSlot`: name of a temporary slot, ours alone. */
export async function tryOut(
  prepared: Prepared,
  options: { readonly at: number; readonly probeSlot: string },
): Promise<{ readonly verdicts: readonly ProofVerdict[]; readonly notices: readonly ReaderNotice[] }> {
  const { source, compiled } = prepared;
  const role = source.address.user;
  await using session = await source.openSql();
  // As it is now, not as it was when we started: it says through whom a column became readable.
  const catalog = await readCatalog(session, { tables: tablesNeeded(compiled.declaration).map(splitName), role });
  const columns = await probeColumns(source, await listUndeclaredColumns(source, grantedColumns(compiled)), catalog.role?.memberOf ?? []);
  const otherDecoding = await probeOtherDecoding(source, options.probeSlot);
  const physical = await probePhysicalReplication(source);
  return {
    verdicts: proveSource({ columns, otherDecoding, physical, role, selects: catalog.role?.selects }, options.at),
    notices: noticesOf(catalog, prepared),
  };
}

/** What preflight finds now and lets pass: it is shown for as long as it is so. */
function noticesOf(catalog: Catalog, { wish }: Prepared): readonly ReaderNotice[] {
  return preflight(catalog, wish)
    .filter((one) => !one.blocking)
    .map(({ code, place, message, remedy }) => ({ code, place, message, remedy }));
}
