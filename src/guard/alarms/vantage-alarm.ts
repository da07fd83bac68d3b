/** What a person is told when a vantage is lost, or when a vantage has lost its watch: what nobody sees now, and where to look. */
import type { AlarmMessage } from "./alarm-message.ts";
import type { PresenceEvent } from "../vantages/presence.ts";

/** `asset`: the name that its alarms stand under. */
export function vantageMessage(
  event: PresenceEvent,
  where: { readonly vantage: string; readonly asset: string; readonly atMs: number },
): AlarmMessage {
  const { vantage, asset, atMs } = where;
  const isLost = event.tag === "vantage-lost";
  const since = new Date(event.sinceMs).toISOString();
  return {
    ...common(asset, event, atMs),
    vantage,
    owner: "the watch",
    summary: isLost
      ? `Vantage ${vantage} is lost since ${since}: nothing is seen from there, and no closing is proven`
      : `Vantage ${vantage} sees again, lost since ${since}`,
    details: isLost ? [event.because] : [],
    remedy: isLost
      ? [`See whether \`vitrine vantage\` runs there, reaches this watch, and reaches a control of \`vantages: ${vantage}\`.`]
      : [],
  };
}

/** The other way round: sent by the vantage itself. */
export function watchMessage(
  event: { readonly tag: "watch-lost" | "watch-returned"; readonly sinceMs: number },
  where: { readonly vantage: string; readonly atMs: number },
): AlarmMessage {
  const since = new Date(event.sinceMs).toISOString();
  const isLost = event.tag === "watch-lost";
  return {
    ...common(`watch.${where.vantage}`, event, where.atMs),
    vantage: where.vantage,
    owner: "the watch",
    summary: isLost
      ? `Vantage ${where.vantage} has not reached its watch since ${since}`
      : `Vantage ${where.vantage} reaches its watch again`,
    details: isLost ? ["Whether the watch itself still looks is not known here."] : [],
    remedy: isLost ? ["See whether `vitrine guard watch` runs, listens (`--vantage-listen`) and can be reached from the vantage."] : [],
  };
}

/** Sent by the vantage, which is told something else of the ledger than before. */
export function doubtMessage(
  what: "unsigned" | "shorter" | "other",
  where: { readonly vantage: string; readonly atMs: number },
): AlarmMessage {
  const said = {
    unsigned: "Its checkpoint is not signed by the key that was shown first.",
    shorter: "It covers fewer entries than one that is kept here.",
    other: "Its first entries are not those that were signed before.",
  };
  const event = { tag: "ledger-doubted", sinceMs: where.atMs } as const;
  return {
    ...common(`ledger.${where.vantage}`, event, where.atMs),
    vantage: where.vantage,
    owner: "the watch",
    summary: `Vantage ${where.vantage} is shown another ledger than before`,
    details: [said[what]],
    remedy: [
      "Export the ledger and verify it against the checkpoint that the vantage keeps (`vitrine ledger verify FILE --known CHECKPOINT`).",
      "Where a backup was put back on purpose, remove checkpoint.json from the vantage's folder.",
    ],
  };
}

function common(
  asset: string,
  { tag, sinceMs }: { readonly tag: PresenceEvent["tag"] | "watch-lost" | "watch-returned" | "ledger-doubted"; readonly sinceMs: number },
  atMs: number,
): Pick<AlarmMessage, "alarm" | "id" | "event" | "severity" | "asset" | "seen" | "since" | "at"> {
  const alarm = vantageAlarmOf(asset, sinceMs);
  const isLost = tag !== "vantage-returned" && tag !== "watch-returned";
  return {
    alarm,
    id: `${alarm}.${tag}.${Math.round(atMs)}`,
    event: tag,
    severity: isLost ? "page" : "info",
    asset,
    seen: "unknown",
    since: new Date(sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
  };
}

export function vantageAlarmOf(asset: string, sinceMs: number): string {
  return `${asset}.lost.${Math.round(sinceMs)}`;
}
