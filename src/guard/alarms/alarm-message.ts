/** What a person is told: which store, how far somebody gets, since when, what to do. Classes of answers alone, never a value. */
import { here } from "../asset.ts";
import { pages } from "../deviation.ts";
import type { Episode, EpisodeEvent } from "./episode.ts";
import { rungs, worst } from "../ladder.ts";
import type { Report } from "../judge.ts";
import type { PresenceEvent } from "../vantages/presence.ts";
import type { Readable } from "../readable/readable.ts";
import { readableSummary, readableText } from "../readable/readable.ts";

export interface AlarmMessage {
  /** The same for all messages of one alarm: receivers make one of them. */
  readonly alarm: string;
  /** Of this message alone: sent twice it has the same one. */
  readonly id: string;
  readonly event: EpisodeEvent["tag"] | "readable" | ToldEvent | PresenceEvent["tag"] | "watch-lost" | "watch-returned" | "ledger-doubted";
  readonly severity: "page" | "warning" | "info";
  readonly asset: string;
  readonly owner: string;
  /** How far somebody without credentials gets, at least. */
  readonly seen: string;
  /** ISO 8601. */
  readonly since: string;
  readonly at: string;
  readonly summary: string;
  /** A line a place: address, channel, verdict. */
  readonly details: readonly string[];
  /** How the owner closes it. */
  readonly remedy: readonly string[];
  /** Of `readable` alone: what can be read there. */
  readonly readable?: readonly Readable[];
  /** Where it is one alarm of several assets: all of them, and why. */
  readonly assets?: readonly string[];
  readonly reason?: string;
  /** Who saw it: `here`, or the name of a vantage elsewhere. */
  readonly vantage: string;
}

/**
 * What is told beyond what was seen. escalated: to the next person; still: it stands and was told before; acknowledged: somebody takes care; test:
 * of the ways out themselves; holds-forbidden, holds-allowed: what is in a store, closed or not; way-out-lost, way-out-returned: one of them has delivered nothing for long, and does again; look-overdue, looked-again: nobody has looked for long what is in a store, and has again; withdrawn: nobody looks at
 * it any more, because the owner has said so.
 */
export type ToldEvent =
  | "escalated"
  | "still"
  | "acknowledged"
  | "test"
  | "way-out-lost"
  | "way-out-returned"
  | "look-overdue"
  | "looked-again"
  | "withdrawn"
  | "holds-forbidden"
  | "holds-allowed";

/** Nobody is told of what was not confirmed; it stands in the ledger. */
export function messageOf(report: Report, event: EpisodeEvent): AlarmMessage | undefined {
  if (event.tag === "unconfirmed" || event.tag === "flapped") return undefined;
  const { asset, vantage, atMs, checks } = report;
  const height = event.tag === "opened" || event.tag === "worse" ? event.height : report.height;
  const alarm = alarmOf(asset.name, event);
  const over = isOver(event.tag);
  const isKnown = event.tag !== "blind" && (asset.undeclared === undefined || worst(checks.map((one) => one.seen)) !== "unknown");
  const seen = isKnown ? (rungs[height] ?? "unknown") : "unknown";
  return {
    alarm,
    id: `${alarm}.${event.tag}.${Math.round(atMs)}`,
    event: event.tag,
    severity: over ? "info" : event.tag === "blind" || pages(height) ? "page" : "warning",
    asset: asset.name,
    owner: asset.owner,
    vantage,
    seen,
    since: new Date(event.sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    summary: summaryOf(report, event, seen),
    details: detailsOf(checks),
    remedy: over ? [] : [...new Set(checks.flatMap(({ remedy }) => remedy ?? []))],
  };
}

/** Lines of so many places: what is longer than a receiver takes (PagerDuty: 512 KB) would never arrive. */
const placesMax = 100;

/** The worst first. */
function detailsOf(checks: Report["checks"]): readonly string[] {
  const rows = checks.flatMap(({ target, rows: own }) => own.map((row) => ({ target, row })));
  const height = ({ row: { seen } }: (typeof rows)[number]): number => (rungs as readonly string[]).indexOf(seen);
  const told = rows.length > placesMax ? rows.toSorted((a, b) => height(b) - height(a)).slice(0, placesMax) : rows;
  const lines = told.map(({ target, row }) => `${target} at ${row.address}, ${row.channel}: ${row.seen}. ${row.because}`);
  return rows.length > told.length ? [...lines, `and ${rows.length - told.length} more places`] : lines;
}

/** What can be read there, told after the alarm has gone out. `report`: the one that shows it open; `atMs`: when it was counted. */
export function readableMessage(report: Report, episode: Episode, readable: readonly Readable[], atMs: number): AlarmMessage {
  const { asset, vantage, checks } = report;
  const alarm = alarmOf(asset.name, { tag: "opened", sinceMs: episode.sinceMs, height: episode.heightMax });
  return {
    alarm,
    id: `${alarm}.readable.${Math.round(atMs)}`,
    event: "readable",
    severity: pages(episode.heightMax) ? "page" : "warning",
    asset: asset.name,
    owner: asset.owner,
    vantage,
    seen: rungs[episode.heightMax] ?? "unknown",
    since: new Date(episode.sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    summary: `${asset.name}: ${readableSummary(readable)}`,
    details: readableText(readable),
    remedy: [...new Set(checks.flatMap(({ remedy }) => remedy ?? []))],
    readable,
  };
}

/** What is in a store, looked into on its owner's word: it may be there, or not. `sinceMs`: when it was first seen. */
export function holdingMessage(
  asset: Pick<Report["asset"], "name" | "owner">,
  readable: readonly Readable[],
  { isForbidden, sinceMs, atMs }: { readonly isForbidden: boolean; readonly sinceMs: number; readonly atMs: number },
): AlarmMessage {
  const alarm = `${asset.name}.holds.${Math.round(sinceMs)}`;
  const event = isForbidden ? "holds-forbidden" : "holds-allowed";
  return {
    alarm,
    id: `${alarm}.${event}.${Math.round(atMs)}`,
    event,
    severity: isForbidden ? "warning" : "info",
    asset: asset.name,
    owner: asset.owner,
    vantage: here,
    seen: "unknown",
    since: new Date(sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    summary: isForbidden
      ? `${asset.name} holds what its declaration does not allow, closed or not: ${readableSummary(readable)}`
      : `${asset.name} holds nothing that its declaration does not allow`,
    details: readableText(readable),
    remedy: isForbidden ? ["Take these fields out of the store and of what fills it, or write them under `allows:` of the asset."] : [],
    readable,
  };
}

/** The last message of an alarm. */
export function isOver(event: AlarmMessage["event"]): boolean {
  return (
    event === "closed" ||
    event === "sees-again" ||
    ["vantage-returned", "watch-returned", "way-out-returned", "looked-again", "withdrawn", "holds-allowed"].includes(event)
  );
}

/** Made of what is known of it anew after a restart: the same alarm has the same name. */
export function alarmOf(asset: string, event: EpisodeEvent): string {
  const what = event.tag === "blind" || event.tag === "sees-again" ? `.unknown.${event.vantage}` : "";
  return `${asset}${what}.${Math.round(event.sinceMs)}`;
}

function summaryOf({ asset, checks, vantage }: Report, event: EpisodeEvent, seen: string): string {
  const from = vantage === here ? "" : ` from ${vantage}`;
  const name = asset.undeclared ?? asset.name;
  const services = [...new Set(checks.map(({ service }) => service))].join(" and ");
  const answers = `answers as ${services}${seen === "unknown" ? "" : `, ${seen}`}`;
  const what = asset.undeclared === undefined ? `${seen} without credentials${from}` : answers;
  const since = `, since ${new Date(event.sinceMs).toISOString()}`;
  switch (event.tag) {
    case "opened":
      return `${name}: ${what}${since}`;
    case "worse":
      return `${name}: more than was told: ${what}`;
    case "closed":
      return `${name}: closed${event.from === "here" ? " from here" : ", seen from two vantages"}, by three checks${event.flaps > 0 ? `; it looked closed and was open again ${event.flaps} times` : ""}`;
    case "blind":
      return `${name}: nobody knows whether it is open${from === "" ? "" : `, seen${from}`}${since}`;
    case "sees-again":
      return `${name}: seen again${from}`;
    case "unconfirmed":
    case "flapped":
      return name;
  }
}
