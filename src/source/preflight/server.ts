/** The server: version, settings, what is free. */
import type { Catalog } from "../catalog.ts";
import type { Finding, PreflightWish } from "./finding.ts";
import { finding } from "./finding.ts";

const versionMin = 150_002;

/** undefined: new enough. Asked before the catalog is read, too: PostgreSQL 14 lacks columns of it. */
export function tooOld(version: number): { readonly place: string; readonly message: string; readonly remedy: string } | undefined {
  if (version >= versionMin) return undefined;
  const shown = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  return {
    place: "server_version",
    message: `The server is PostgreSQL ${shown}; column lists work from 15.2 on.`,
    remedy: "Upgrade the server to 15.2 or later",
  };
}

export function serverFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  const old = tooOld(catalog.version);
  if (old !== undefined) out.push(finding("cannot-work", "source/version-too-old", old));
  if (catalog.inRecovery) {
    out.push(
      finding("cannot-work", "source/standby", {
        place: "pg_is_in_recovery",
        message: "The server is a standby: heartbeats cannot be sent there.",
        remedy: "Give the primary's address in VITRINE_SOURCE_URL",
      }),
    );
  }
  if (catalog.walLevel !== "logical") {
    const message = `wal_level is ${catalog.walLevel}: there is no logical replication.`;
    out.push(
      finding("cannot-work", "source/wal-level", {
        place: "wal_level",
        message,
        remedy: "ALTER SYSTEM SET wal_level = logical; then restart the server",
      }),
    );
  }
  out.push(...capacityFindings(catalog, wish), ...walFindings(catalog, wish));
  return out;
}

function capacityFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  const own = catalog.slots.filter((slot) => wish.ownSlots.includes(slot.name));
  if (own.length === 0 && catalog.slots.length >= catalog.maxSlots) {
    const message = `All ${catalog.maxSlots} replication slots are in use.`;
    out.push(
      finding("cannot-work", "source/no-free-slot", {
        place: "max_replication_slots",
        message,
        remedy: `ALTER SYSTEM SET max_replication_slots = ${catalog.maxSlots + 5}; then restart the server`,
      }),
    );
  }
  if (own.every((slot) => !slot.active) && catalog.senders >= catalog.maxSenders) {
    const message = `All ${catalog.maxSenders} WAL senders are in use.`;
    out.push(
      finding("cannot-work", "source/no-free-sender", {
        place: "max_wal_senders",
        message,
        remedy: `ALTER SYSTEM SET max_wal_senders = ${catalog.maxSenders + 5}; then restart the server`,
      }),
    );
  }
  return out;
}

function walFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const place = "max_slot_wal_keep_size";
  if (catalog.maxSlotWalKeepMb < 0) {
    const accepted = wish.acceptUnlimitedWalGb;
    if (accepted === undefined) {
      const message = "A replication slot may hold WAL without limit: with Vitrine away, the source's disk may fill.";
      return [
        finding("risks-disk", "source/wal-budget", {
          place,
          message,
          remedy: "ALTER SYSTEM SET max_slot_wal_keep_size = '16GB'; SELECT pg_reload_conf(); or start with --accept-unlimited-wal <GB>",
        }),
      ];
    }
    const message = `A replication slot may hold WAL without limit. Vitrine drops its own beyond ${accepted} GB, which holds only while Vitrine lives.`;
    return [
      finding("risks-disk", "source/wal-budget", {
        place,
        message,
        remedy: `ALTER SYSTEM SET max_slot_wal_keep_size = '${accepted}GB'; SELECT pg_reload_conf()`,
        blocking: false,
      }),
    ];
  }
  const budget = wish.outageBudgetMb;
  if (budget !== undefined && catalog.maxSlotWalKeepMb < budget) {
    const message = `A slot may hold ${catalog.maxSlotWalKeepMb} MB of WAL; the agreed outage needs ${budget} MB.`;
    return [
      finding("risks-disk", "source/wal-budget", {
        place,
        message,
        remedy: `ALTER SYSTEM SET max_slot_wal_keep_size = '${budget}MB'; SELECT pg_reload_conf()`,
        blocking: false,
      }),
    ];
  }
  return [];
}
