/** What a person is told: which store, how far somebody gets, since when, what to do. Classes of answers alone, never a value. */
import { pages } from "./deviation.ts";
import type { EpisodeEvent } from "./episode.ts";
import { rungs } from "./ladder.ts";
import type { Report } from "./watch.ts";

export interface AlarmMessage {
  /** The same for all messages of one alarm: receivers make one of them. */
  readonly alarm: string;
  /** Of this message alone: sent twice it has the same one. */
  readonly id: string;
  readonly event: EpisodeEvent["tag"];
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
}

/** Nobody is told of what was not confirmed; it stands in the ledger. */
export function messageOf(report: Report, event: EpisodeEvent): AlarmMessage | undefined {
  if (event.tag === "unconfirmed" || event.tag === "flapped") return undefined;
  const { asset, atMs, checks } = report;
  const height = event.tag === "opened" || event.tag === "worse" ? event.height : report.height;
  const alarm = alarmOf(asset.name, event);
  const over = isOver(event.tag);
  return {
    alarm,
    id: `${alarm}.${event.tag}.${Math.round(atMs)}`,
    event: event.tag,
    severity: over ? "info" : event.tag === "blind" || pages(height) ? "page" : "warning",
    asset: asset.name,
    owner: asset.owner,
    seen: event.tag === "blind" ? "unknown" : (rungs[height] ?? "unknown"),
    since: new Date(event.sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    summary: summaryOf(report, event, rungs[height] ?? "unknown"),
    details: checks.flatMap(({ target, rows }) =>
      rows.map(({ address, channel, seen, because }) => `${target} at ${address}, ${channel}: ${seen}. ${because}`),
    ),
    remedy: over ? [] : [...new Set(checks.flatMap(({ remedy }) => remedy ?? []))],
  };
}

/** The last message of an alarm. */
export function isOver(event: AlarmMessage["event"]): boolean {
  return event === "closed" || event === "sees-again";
}

/** Made of what is known of it anew after a restart: the same alarm has the same name. */
export function alarmOf(asset: string, event: EpisodeEvent): string {
  const what = event.tag === "blind" || event.tag === "sees-again" ? `.unknown.${event.vantage}` : "";
  return `${asset}${what}.${Math.round(event.sinceMs)}`;
}

function summaryOf({ asset }: Report, event: EpisodeEvent, seen: string): string {
  const since = `, since ${new Date(event.sinceMs).toISOString()}`;
  switch (event.tag) {
    case "opened":
      return `${asset.name}: ${seen} without credentials${since}`;
    case "worse":
      return `${asset.name}: more than was told: ${seen} without credentials`;
    case "closed":
      return `${asset.name}: closed${event.from === "here" ? " from here" : ", seen from two vantages"}, by three checks${event.flaps > 0 ? `; it looked closed and was open again ${event.flaps} times` : ""}`;
    case "blind":
      return `${asset.name}: nobody knows whether it is open${since}`;
    case "sees-again":
      return `${asset.name}: seen again`;
    case "unconfirmed":
    case "flapped":
      return asset.name;
  }
}
