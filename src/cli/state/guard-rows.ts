/** What the guard keeps: its rows, and what can be done with them. guard.ts does it. */
import type { Json } from "../canonical-json.ts";

export interface GuardRecord {
  readonly asset: string;
  /** By all vantages together. */
  readonly seen: string;
  readonly sight: Omit<SightRow, "asset" | "at" | "since">;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: Json;
  /** Of the ledger. */
  readonly entries: readonly { readonly kind: string; readonly body: Json }[];
  readonly deliveries: readonly { readonly id: string; readonly channel: string; readonly body: Json }[];
  /** Those that begin, change or end. */
  readonly alarms: readonly AlarmChange[];
}

/** What one vantage saw of an asset the last time. */
export interface SightRow {
  readonly asset: string;
  readonly vantage: string;
  readonly seen: string;
  /** Held against what is expected there: as-expected, deviation, unknown. */
  readonly judged: string;
  readonly at: number;
  /** Since when it has been the same, by what this vantage saw. */
  readonly since: number;
  /** Places and their verdicts. */
  readonly body: Json;
}

export interface AlarmChange {
  /** The alarm's name, the same for all of its messages. */
  readonly id: string;
  /** Where it is not of the record's own asset. */
  readonly asset?: string;
  readonly event: string;
  /** undefined: as before. */
  readonly severity: string | undefined;
  readonly since: number;
  readonly isOver: boolean;
  readonly flaps: number | undefined;
  /** What is shown of it; undefined: as before. */
  readonly body: Json | undefined;
}

/** What a store proved to be when its owner said that it is theirs. */
export interface IdentityRow {
  readonly asset: string;
  readonly target: string;
  readonly kind: string;
  readonly value: string;
}

export interface VerdictRow {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly body: Json;
}

export interface DeliveryRow {
  readonly alarm: string;
  readonly channel: string;
  readonly waiting: number;
  readonly tries: number;
  /** The last that was delivered. */
  readonly at: number | undefined;
}

export interface AlarmRow {
  readonly id: string;
  readonly asset: string;
  readonly event: string;
  readonly severity: string;
  readonly since: number;
  readonly toldAt: number;
  readonly overAt: number | undefined;
  readonly flaps: number;
  readonly acknowledgedAt: number | undefined;
  readonly acknowledgedBy: string | undefined;
  /** Of `oncall:`: the last that was told. */
  readonly step: number;
  /** When it is told again; undefined: not yet decided. */
  readonly nextAt: number | undefined;
  readonly body: Json;
  /** What can be read there, by category; undefined: not counted. */
  readonly readable: Json | undefined;
}

export interface GuardAssetRow {
  readonly asset: string;
  readonly seen: string;
  readonly at: number;
  readonly state: Json;
}

export interface DueDelivery {
  readonly id: string;
  readonly body: Json;
  readonly tries: number;
}

/** Since when it is so, and when that was said. */
export interface Watching {
  readonly isWatching: boolean;
  readonly since: number;
  readonly at: number;
  /** It has ended by itself, and since then lived for less than a minute. */
  readonly failing?: WatchFailing;
}

export interface WatchFailing {
  /** Of the first of these ends. */
  readonly since: number;
  readonly restarts: number;
  /** It ends again and again: that it was just started says nothing. */
  readonly isLoop: boolean;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface GuardState {
  /** All of it or none: an alarm that is in the ledger is one that will be sent. */
  record(record: GuardRecord): void;
  /** What can be read, found out after an alarm went out: kept with it, in the ledger and to be sent, all or nothing. */
  recordReadable(record: Pick<GuardRecord, "at" | "entries" | "deliveries"> & { readonly alarm: string; readonly readable: Json }): void;
  /** What is told of alarms beyond what was seen: to the next person, again, of ways out. All or nothing. */
  tell(
    news: Pick<GuardRecord, "at" | "entries" | "deliveries"> & {
      readonly alarm?: { readonly id: string; readonly step?: number; readonly nextAt: number };
      readonly change?: AlarmChange & { readonly asset: string };
    },
  ): void;
  identities(asset: string): readonly IdentityRow[];
  /** In the place of what was recorded of these targets before; with an entry of the ledger. */
  setIdentities(rows: readonly IdentityRow[], at: number, body: Json): void;
  /** It is not declared any more: what was seen of it is gone, but for the ledger and its alarms. */
  forget(asset: string): void;
  /** When each vantage checked each asset the last time: milliseconds since 1970. */
  checked(sights: readonly Pick<SightRow, "asset" | "vantage" | "at">[]): void;
  assets(): readonly GuardAssetRow[];
  sights(): readonly SightRow[];
  /** The newest first. */
  alarms(options: { readonly limit: number; readonly openOnly: boolean }): readonly AlarmRow[];
  /** Of that way out: not delivered, and to be tried at or before `at`; the oldest first. */
  due(channel: string, at: number): readonly DueDelivery[];
  delivered(id: string, at: number): void;
  postponed(id: string, nextAt: number): void;
  /** What was kept before then for that way out will not be sent; the ledger says how many. */
  drop(what: { readonly channel: string; readonly before: number; readonly at: number }): void;
  /** Says that somebody watches now, or that nobody does from now on: milliseconds since 1970. */
  setWatching(isWatching: boolean, at: number): void;
  /** Nobody watches, and why: said by who saw the watch end. undefined: whoever starts it begins anew, too. */
  setFailing(failing: Omit<WatchFailing, "since"> | undefined, at: number): void;
  /** What was said last. A watch that was killed says nothing: whose `at` is older than watchingMs watches no more. undefined: there never was one. */
  watching(): Watching | undefined;
  alarm(id: string): AlarmRow | undefined;
  /** Changes of verdicts, and when the watch began and ended: newest first. */
  verdicts(wanted: {
    readonly asset: string | undefined;
    readonly from: number;
    readonly before: number | undefined;
    readonly limit: number;
  }): readonly VerdictRow[];
  /** Of those alarms: a row a way out. */
  deliveries(alarms: readonly string[]): readonly DeliveryRow[];
  /** Who takes care of it; the ledger says that it is so, and not who. False: there is no such alarm, or somebody has. */
  acknowledge(alarm: string, who: { readonly name: string; readonly role: string }, at: number): boolean;
  /** Ways out whose messages were tried and did not arrive, with when the oldest of these was kept. */
  failing(): ReadonlyMap<string, number>;
  /** How many messages wait, by way out. */
  waitingCount(): ReadonlyMap<string, number>;
  /** Ways out that have something to deliver. */
  waiting(): readonly string[];
}
