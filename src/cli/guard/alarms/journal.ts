/**
 * Keeps what checks come to: state, ledger and the alarms to be sent, in one transaction. Nothing is sent that is not kept. A check that
 * changes nothing costs no write: when it was is kept with those of all others, now and then.
 */
import { createHash } from "node:crypto";
import type { CrashHook } from "../../../lib/crash-points.ts";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { alarmOf, isOver, messageOf } from "../../../guard/alarms/alarm-message.ts";
import type { BlindGroup, GroupChange } from "../../../guard/alarms/blind-groups.ts";
import { BlindGroups, groupMessage } from "../../../guard/alarms/blind-groups.ts";
import type { Cause } from "../../../guard/alarms/causes.ts";
import { causeOf } from "../../../guard/alarms/causes.ts";
import type { AssetState, EpisodeEvent } from "../../../guard/alarms/episode.ts";
import { seenBy } from "../../../guard/alarms/episode.ts";
import type { Seen } from "../../../guard/ladder.ts";
import { worst } from "../../../guard/ladder.ts";
import type { Report } from "../../../guard/judge.ts";
import type { Json } from "../../canonical-json.ts";
import { canonicalJson } from "../../canonical-json.ts";
import type { State } from "../../state.ts";
import type { AlarmChange, AlarmRow, GuardRecord, SightRow } from "../../state/guard-rows.ts";
import { stateFromJson, stateToJson } from "./asset-state.ts";
import type { WaysOut } from "./receivers.ts";
import { channelsUpTo } from "./receivers.ts";

const alarmsMax = 1_000;

interface Known {
  readonly state: Json;
  /** What each vantage saw the last time. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** Where and why, by vantage, as a hash; of a vantage that is not in it nothing was kept by this process. */
  readonly details: ReadonlyMap<string, string>;
  /** Vantages of which the file says something else: it is written with their next sight. */
  readonly stale: ReadonlySet<string>;
}

export class GuardJournal {
  readonly #state: State;
  readonly #steps: WaysOut["steps"];
  readonly #crash: CrashHook;
  readonly #groups: BlindGroups;
  readonly #known: Map<string, Known>;
  /** Checks that have changed nothing since the last flush. */
  readonly #checked = new Map<string, Pick<SightRow, "asset" | "vantage" | "at">>();

  /** `steps`: who is told of an alarm, one after the other; of what comes next of it all who were told before. `isThere`: of vantages. */
  constructor(state: State, steps: WaysOut["steps"], crash: CrashHook, isThere: (vantage: string) => boolean = () => true) {
    this.#state = state;
    this.#steps = steps;
    this.#crash = crash;
    this.#groups = new BlindGroups(groupsOf(state.guard.alarms({ limit: alarmsMax, openOnly: true })));
    const sights = Map.groupBy(state.guard.sights(), ({ asset }) => asset);
    this.#known = new Map(
      state.guard.assets().map((row) => {
        const seen = new Map((sights.get(row.asset) ?? []).map((one) => [one.vantage, one.seen as Seen])); // eslint-disable-line -- written here alone
        // With a vantage that is removed its sights go at once; that the worst was one of them stays.
        const isRight = row.seen === worst([...seen.values()]);
        return [row.asset, { seen, state: row.state, details: new Map(), stale: new Set(isRight ? [] : seen.keys()) }];
      }),
    );
    this.#leave(isThere);
  }

  /** What a watch goes on from. */
  stateOf(asset: string): AssetState | undefined {
    const known = this.#known.get(asset);
    return known && stateFromJson(known.state);
  }

  /** What was kept of late is not in the file. */
  writeAnew(): void {
    for (const [asset, known] of this.#known) this.#known.set(asset, { ...known, stale: new Set(known.seen.keys()) });
  }

  /** It was removed: what it saw the last time is no longer part of what is seen, nor of what is judged. */
  forget(vantage: string): void {
    this.#groups.forget(vantage);
    this.#leave((name) => name !== vantage);
    for (const asset of this.#known.keys()) this.#checked.delete(JSON.stringify([asset, vantage]));
  }

  /** What others saw counts no more. */
  #leave(isThere: (vantage: string) => boolean): void {
    for (const [asset, before] of this.#known) {
      const state = stateToJson(seenBy(isThere, stateFromJson(before.state)));
      const seen = new Map([...before.seen].filter(([name]) => isThere(name)));
      const isAsBefore = seen.size === before.seen.size && canonicalJson(state) === canonicalJson(before.state);
      this.#known.set(asset, { ...before, state, seen, stale: isAsBefore ? before.stale : new Set(seen.keys()) });
    }
  }

  /** `isNew`: this vantage saw something else than the last time. */
  keep(report: Report): { readonly seen: Seen; readonly isNew: boolean } {
    const { vantage, atMs } = report;
    const asset = report.asset.name;
    const known = this.#known.get(asset);
    const before = known?.seen.get(vantage);
    const seen = worst(report.checks.map((check) => check.seen));
    const state = stateToJson(report.state);
    const isNew = seen !== before;
    const details = detailsOf(report);
    const groups = this.#groups.see(report);
    if (
      isNew ||
      details !== known?.details.get(vantage) ||
      known.stale.has(vantage) ||
      groups.length > 0 ||
      report.events.length > 0 ||
      canonicalJson(state) !== canonicalJson(known.state)
    )
      this.#record(report, {
        seen,
        before,
        groups,
        known: knownAfter(known, { state, vantage, seen, details }),
      });
    else this.#checked.set(JSON.stringify([asset, vantage]), { asset, vantage, at: atMs });
    return { seen, isNew };
  }

  /** What can be read of an asset whose alarm stands. */
  keepReadable(message: AlarmMessage): void {
    const { alarm, asset, readable = [] } = message;
    // It was closed while it was counted: what could be read is still to be known, and opens nothing again at whoever is told.
    const isPast = this.#state.guard.alarm(alarm)?.overAt !== undefined;
    const told: AlarmMessage = isPast ? { ...message, severity: "info", summary: `Closed by now. ${message.summary}` } : message;
    this.#state.guard.recordReadable({
      alarm,
      at: Date.parse(message.at),
      readable: JSON.parse(JSON.stringify(readable)) as Json, // eslint-disable-line -- plain data
      entries: [{ kind: "guard-readable", body: { alarm, asset, readable: JSON.parse(JSON.stringify(readable)) as Json } }], // eslint-disable-line -- plain data
      // That of a service nothing is counted is no news to anybody.
      deliveries: readable.every(({ notCounted }) => notCounted === "not-offered") ? [] : this.#deliveriesOf([told]),
    });
  }

  /** Not knowing for a reason that others may share is told with theirs. What began by itself ends by itself. */
  #isGrouped(report: Report, event: EpisodeEvent): boolean {
    if (event.tag === "blind") return causeOf(report) !== undefined && report.asset.undeclared === undefined;
    return event.tag === "sees-again" && this.#state.guard.alarm(alarmOf(report.asset.name, event)) === undefined;
  }

  #deliveriesOf(messages: readonly AlarmMessage[]): GuardRecord["deliveries"] {
    return messages.flatMap((message) => {
      const step = this.#state.guard.alarm(message.alarm)?.step ?? 0;
      return channelsUpTo(step, this.#steps).map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) }));
    });
  }

  /** When each was checked the last time. */
  flush(): void {
    if (this.#checked.size > 0) this.#state.guard.checked([...this.#checked.values()]);
    this.#checked.clear();
  }

  #record(
    report: Report,
    {
      seen,
      before,
      groups,
      known,
    }: { readonly seen: Seen; readonly before: Seen | undefined; readonly groups: readonly GroupChange[]; readonly known: Known },
  ): void {
    const asset = report.asset.name;
    const { is, vantage, events, atMs } = report;
    const verdict = { asset, vantage, seen, is, before: before ?? null, places: placesOf(report) };
    const own = events.filter((event) => !this.#isGrouped(report, event));
    const messages = [
      ...own.flatMap((event) => messageOf(report, event) ?? []),
      ...groups.filter(({ tag }) => tag !== "changed").map((change) => groupMessage(change, atMs)),
    ];
    this.#crash("guard-before-kept");
    this.#state.guard.record({
      asset,
      seen: worst([...known.seen.values()]),
      at: atMs,
      state: known.state,
      sight: { vantage, seen, judged: is, body: sightBody(report) },
      entries: [
        ...(seen === before ? [] : [{ kind: "guard-verdict", body: verdict }]),
        ...own.map((event) => ({ kind: "guard-alarm", body: { ...event, asset, alarm: alarmOf(asset, event) } })),
        ...groups.map(({ tag, group }) => ({
          kind: "guard-alarm",
          body: { tag, alarm: group.id, reason: group.reason, vantage: group.vantage, asset, assets: [...group.assets] },
        })),
      ],
      deliveries: this.#deliveriesOf(messages),
      alarms: [...own.flatMap((event) => changeOf(report, event) ?? []), ...groups.map((change) => groupChangeOf(change, atMs))],
    });
    this.#known.set(asset, known);
    this.#checked.delete(JSON.stringify([asset, vantage]));
    this.#crash("guard-after-kept");
  }
}

function knownAfter(
  before: Known | undefined,
  { state, vantage, seen, details }: { readonly state: Json; readonly vantage: string; readonly seen: Seen; readonly details: string },
): Known {
  const stale = [...(before?.stale ?? [])].filter((one) => one !== vantage);
  return {
    state,
    seen: new Map([...(before?.seen ?? []), [vantage, seen]]),
    details: new Map([...(before?.details ?? []), [vantage, details]]),
    stale: new Set(stale),
  };
}

/** A suspicion that nothing confirmed is no alarm. */
function changeOf(report: Report, event: EpisodeEvent): AlarmChange | undefined {
  if (event.tag === "unconfirmed") return undefined;
  const message = messageOf(report, event);
  return {
    id: alarmOf(report.asset.name, event),
    event: event.tag,
    severity: message?.severity,
    since: event.sinceMs,
    isOver: isOver(event.tag),
    flaps: event.tag === "flapped" || event.tag === "closed" ? event.flaps : undefined,
    // What was told of it while it was open stays to be read after its end.
    body: message === undefined || isOver(event.tag) ? undefined : plain(message),
  };
}

export function groupChangeOf(change: GroupChange, atMs: number): AlarmChange {
  const { tag, group } = change;
  const message = groupMessage(change, atMs);
  const isEnd = tag === "over";
  return {
    id: group.id,
    asset: message.asset,
    event: message.event,
    severity: isEnd ? undefined : message.severity,
    since: group.sinceMs,
    isOver: isEnd,
    flaps: undefined,
    body: isEnd ? undefined : plain(message),
  };
}

/** Those that stand, as they are kept. */
export function groupsOf(alarms: readonly AlarmRow[]): readonly BlindGroup[] {
  return alarms.flatMap(({ id, since, body }) => {
    const { assets, reason, vantage } = body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written here alone
    if (assets === undefined || reason === undefined || vantage === undefined) return [];
    return [{ id, reason: reason as Cause, vantage, sinceMs: since, assets }]; // eslint-disable-line -- as above
  });
}

function placesOf({ checks }: Report): Json {
  return checks.flatMap(({ target, rows }) =>
    rows.map(({ address, channel, calledBy, seen }) => ({ target, address, channel, by: calledBy, seen })),
  );
}

/** For the page: every place with why, what was not tested, what to do. */
function sightBody({ checks, tookMs }: Report): Json {
  return { tookMs: Math.round(tookMs), checks: checksOf({ checks }) };
}

/** What a person would see to be different, whatever the order in which a name's addresses come. */
function detailsOf(report: Pick<Report, "checks">): string {
  const all = checksOf(report).map(({ places, ...check }) => canonicalJson({ ...check, places: places.map(canonicalJson).toSorted() }));
  return createHash("sha256").update(all.join("\n")).digest("base64");
}

function checksOf({ checks }: Pick<Report, "checks">) {
  return checks.map(({ target, service, evidence, seen, rows, untested, remedy }) => ({
    target,
    service,
    evidence,
    seen,
    untested: [...untested],
    remedy: remedy ?? null,
    places: rows.map(({ address, family, channel, calledBy, seen: at, because, notes }) => {
      return { address, family, channel, by: calledBy, seen: at, because, notes: [...notes] };
    }),
  }));
}

export function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json; // eslint-disable-line -- plain data
}
