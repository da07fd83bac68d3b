/**
 * Assets of which nothing is known for the same reason are one alarm. It begins when not knowing one of them has lasted, and names all that are
 * unknown for that reason by then; it ends with the last of them. A pure function of the reports; it reads no clock.
 */
import { here } from "../asset.ts";
import type { AlarmMessage } from "./alarm-message.ts";
import type { Cause } from "./causes.ts";
import { causeOf, causeText } from "./causes.ts";
import type { Report } from "../judge.ts";

export interface BlindGroup {
  /** Of the alarm. */
  readonly id: string;
  readonly reason: Cause;
  readonly vantage: string;
  readonly sinceMs: number;
  readonly assets: readonly string[];
}

/** changed: of its assets; nobody is told of that alone. */
export interface GroupChange {
  readonly tag: "begun" | "changed" | "over";
  readonly group: BlindGroup;
}

export class BlindGroups {
  readonly #open = new Map<string, BlindGroup>();
  /** Why nothing is known of it now, by vantage and asset. */
  readonly #now = new Map<string, { readonly reason: Cause; readonly vantage: string; readonly asset: string }>();

  /** `before`: those that stand from before a restart. */
  constructor(before: readonly BlindGroup[]) {
    for (const group of before) this.#open.set(keyOf(group), group);
  }

  /** After each report. */
  see(report: Report): readonly GroupChange[] {
    const { vantage, asset } = report;
    const reason = report.is === "unknown" && asset.undeclared === undefined ? causeOf(report) : undefined;
    const own = JSON.stringify([vantage, asset.name]);
    if (reason === undefined) this.#now.delete(own);
    else this.#now.set(own, { reason, vantage, asset: asset.name });
    const left = [...this.#open.values()]
      // Not known for another reason by now is not known: nobody would be told of it again.
      .filter((group) => report.is !== "unknown" && group.vantage === vantage && group.assets.includes(asset.name))
      .map((group) => this.#without(group, asset.name));
    return reason === undefined ? left : [...left, ...this.#with(report, reason)];
  }

  /** A vantage was removed: what was not known from there is nobody's doubt any more. */
  forget(vantage: string): void {
    for (const [key, group] of this.#open) if (group.vantage === vantage) this.#open.delete(key);
    for (const [key, one] of this.#now) if (one.vantage === vantage) this.#now.delete(key);
  }

  #without(group: BlindGroup, asset: string): GroupChange {
    const assets = group.assets.filter((name) => name !== asset);
    if (assets.length === 0) {
      this.#open.delete(keyOf(group));
      return { tag: "over", group };
    }
    return this.#keep("changed", { ...group, assets });
  }

  #with({ vantage, asset, events }: Report, reason: Cause): readonly GroupChange[] {
    const group = this.#open.get(keyOf({ vantage, reason }));
    if (group !== undefined)
      return group.assets.includes(asset.name)
        ? []
        : [this.#keep("changed", { ...group, assets: [...group.assets, asset.name].toSorted() })];
    const blind = events.find(({ tag }) => tag === "blind");
    if (blind === undefined) return [];
    const { sinceMs } = blind;
    const assets = [...this.#now.values()].filter((one) => one.vantage === vantage && one.reason === reason).map((one) => one.asset);
    // It is a part of an address, too: a service's title is not.
    const id = `unknown.${reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.${vantage}.${Math.round(sinceMs)}`;
    return [this.#keep("begun", { id, reason, vantage, sinceMs, assets: assets.toSorted() })];
  }

  #keep(tag: "begun" | "changed", group: BlindGroup): GroupChange {
    this.#open.set(keyOf(group), group);
    return { tag, group };
  }
}

function keyOf({ vantage, reason }: Pick<BlindGroup, "vantage" | "reason">): string {
  return JSON.stringify([vantage, reason]);
}

/** Names of so many; the others are counted. */
const namesMax = 20;

export function groupMessage({ tag, group }: GroupChange, atMs: number): AlarmMessage {
  const { id, reason, vantage, sinceMs, assets } = group;
  const isOver = tag === "over";
  const [only = ""] = assets;
  const whom = assets.length === 1 ? only : `${assets.length} assets`;
  const from = vantage === here ? "" : ` from ${vantage}`;
  const since = new Date(sinceMs).toISOString();
  return {
    alarm: id,
    id: `${id}.${tag}.${Math.round(atMs)}`,
    event: isOver ? "sees-again" : "blind",
    severity: isOver ? "info" : "page",
    asset: whom,
    owner: "the watch",
    vantage,
    seen: "unknown",
    since,
    at: new Date(atMs).toISOString(),
    summary: isOver
      ? `Seen again${from}: all that was not known for one reason, since ${since}`
      : `${whom}: nobody knows${from} whether ${assets.length === 1 ? "it is" : "they are"} open, since ${since}: ${causeText(reason)}`,
    details: isOver
      ? []
      : [`${assets.slice(0, namesMax).join(", ")}${assets.length > namesMax ? `, and ${assets.length - namesMax} more` : ""}`],
    remedy: [],
    assets,
    reason,
  };
}
