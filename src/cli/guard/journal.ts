/**
 * Keeps what checks come to: state, ledger and the alarms to be sent, in one transaction. Nothing is sent that is not kept. A check that
 * changes nothing costs no write: when it was is kept with those of all others, now and then.
 */
import type { CrashHook } from "../../lib/crash-points.ts";
import { alarmOf, messageOf } from "../../guard/alarm-message.ts";
import type { AssetState } from "../../guard/episode.ts";
import type { Seen } from "../../guard/ladder.ts";
import { worst } from "../../guard/ladder.ts";
import type { Report } from "../../guard/watch.ts";
import type { Json } from "../canonical-json.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { State } from "../state.ts";
import { stateFromJson, stateToJson } from "./asset-state.ts";

interface Known {
  readonly seen: Seen;
  readonly state: Json;
}

export class GuardJournal {
  readonly #state: State;
  readonly #channels: readonly string[];
  readonly #crash: CrashHook;
  readonly #known: Map<string, Known>;
  /** Milliseconds since 1970, of checks that have changed nothing since the last flush. */
  readonly #checked = new Map<string, number>();

  /** `channels`: the ways out that each message is to take. */
  constructor(state: State, channels: readonly string[], crash: CrashHook) {
    this.#state = state;
    this.#channels = channels;
    this.#crash = crash;
    // eslint-disable-next-line -- written here alone
    this.#known = new Map(state.guard.assets().map((row) => [row.asset, { seen: row.seen as Seen, state: row.state }]));
  }

  /** What a watch goes on from. */
  stateOf(asset: string): AssetState | undefined {
    const known = this.#known.get(asset);
    return known && stateFromJson(known.state);
  }

  /** `isNew`: something else was seen than the last time. */
  keep(report: Report): { readonly seen: Seen; readonly isNew: boolean } {
    const asset = report.asset.name;
    const before = this.#known.get(asset);
    const seen = worst(report.checks.map((check) => check.seen));
    const state = stateToJson(report.state);
    const isNew = seen !== before?.seen;
    if (isNew || report.events.length > 0 || before === undefined || canonicalJson(state) !== canonicalJson(before.state))
      this.#record(report, { seen, state }, before);
    else this.#checked.set(asset, report.atMs);
    return { seen, isNew };
  }

  /** When each was checked the last time. */
  flush(): void {
    if (this.#checked.size > 0) this.#state.guard.checked(this.#checked);
    this.#checked.clear();
  }

  #record(report: Report, now: Known, before: Known | undefined): void {
    const asset = report.asset.name;
    const { is, events, atMs } = report;
    const verdict = { asset, seen: now.seen, is, before: before?.seen ?? null, places: placesOf(report) };
    const messages = events.flatMap((event) => messageOf(report, event) ?? []);
    this.#crash("guard-before-kept");
    this.#state.guard.record({
      asset,
      seen: now.seen,
      at: atMs,
      state: now.state,
      entries: [
        ...(now.seen === before?.seen ? [] : [{ kind: "guard-verdict", body: verdict }]),
        ...events.map((event) => ({ kind: "guard-alarm", body: { ...event, asset, alarm: alarmOf(asset, event) } })),
      ],
      deliveries: messages.flatMap(
        (message) =>
          this.#channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: JSON.parse(JSON.stringify(message)) as Json })), // eslint-disable-line -- plain data
      ),
    });
    this.#known.set(asset, now);
    this.#checked.delete(asset);
    this.#crash("guard-after-kept");
  }
}

function placesOf({ checks }: Report): Json {
  return checks.flatMap(({ target, rows }) =>
    rows.map(({ address, channel, calledBy, seen }) => ({ target, address, channel, by: calledBy, seen })),
  );
}
