/**
 * Alarms that nobody can end any more, because nobody looks: of a store that was taken out of the file or is no longer looked into, of a vantage that
 * was removed, of a way out that is no longer set up. Each is ended, and whoever was told of it hears why; that it is closed nobody says.
 */
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { isUndeclared } from "../../../guard/undeclared.ts";
import { lookAlarmOf } from "../../../guard/alarms/look-alarm.ts";
import { here } from "../../../guard/asset.ts";
import type { State } from "../../state.ts";
import type { AlarmRow } from "../../state/guard-rows.ts";
import { groupChangeOf, groupsOf, plain } from "./journal.ts";
import type { WaysOut } from "./receivers.ts";
import { channelsUpTo } from "./receivers.ts";

const alarmsMax = 1_000;

export interface Watched {
  /** Names of what is declared. */
  readonly assets: readonly string[];
  /** Of these, what is looked into by its own login. */
  readonly looked: readonly string[];
  readonly vantages: readonly string[];
  /** Alarms of vantages that are lost. */
  readonly lost: readonly string[];
  /** Whether undeclared listeners are looked for. */
  readonly hasListeners: boolean;
  /** Names of all ways out that are set up. */
  readonly channels: readonly string[];
}

export interface EndOptions {
  readonly state: Pick<State, "guard">;
  readonly steps: WaysOut["steps"];
  readonly watched: Watched;
  readonly nowMs: number;
}

/** Before the journal reads what stands, and whenever a vantage is removed. */
export function endUnwatched(options: EndOptions): void {
  const { state, watched } = options;
  for (const row of state.guard.alarms({ limit: alarmsMax, openOnly: true })) {
    const because = whyUnwatched(row, watched);
    if (because === undefined) shrink(row, options);
    else end(row, because, options);
  }
  // Last: what is forgotten must have no alarm that stands.
  for (const { asset } of state.guard.assets()) if (!isWatched(asset, watched)) state.guard.forget(asset);
}

function isWatched(asset: string, { assets, hasListeners }: Watched): boolean {
  return isUndeclared(asset) ? hasListeners : assets.includes(asset);
}

function whyUnwatched(row: AlarmRow, watched: Watched): string | undefined {
  const { id, asset } = row;
  const [group] = groupsOf([row]);
  const vantage = group?.vantage ?? /\.unknown\.([a-z0-9_-]+)\.-?\d+$/.exec(id)?.[1];
  if (asset.startsWith("vantage:")) return watched.lost.includes(id) ? undefined : "the vantage was removed";
  if (asset === "delivery")
    return watched.channels.some((channel) => id.startsWith(`delivery.${channel}.`)) ? undefined : "it is no longer set up";
  if (vantage !== undefined && vantage !== here && !watched.vantages.includes(vantage)) return `the vantage ${vantage} was removed`;
  if (group !== undefined) return group.assets.some((name) => isWatched(name, watched)) ? undefined : "none of them is declared any more";
  return whyUndeclared(row, watched);
}

/** Of one store. */
function whyUndeclared({ id, asset, since }: AlarmRow, watched: Watched): string | undefined {
  if (!isWatched(asset, watched)) return "it is no longer declared";
  return id === lookAlarmOf(asset, since) && !watched.looked.includes(asset)
    ? "it is no longer declared that it is looked into"
    : undefined;
}

/** Of a group whose others are still looked at. */
function shrink(row: AlarmRow, { state, watched, nowMs }: EndOptions): void {
  const [group] = groupsOf([row]);
  const assets = group?.assets.filter((name) => isWatched(name, watched));
  if (group === undefined || assets === undefined || assets.length === group.assets.length) return;
  const change = groupChangeOf({ tag: "changed", group: { ...group, assets } }, nowMs);
  state.guard.tell({ at: nowMs, entries: [], deliveries: [], change: { asset: row.asset, ...change } });
}

function end({ id, asset, since, step, body }: AlarmRow, because: string, { state, steps, nowMs }: EndOptions): void {
  const before = body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written by the journal alone
  const message: AlarmMessage | undefined =
    before.summary === undefined
      ? undefined
      : {
          ...(before as AlarmMessage), // eslint-disable-line -- as above
          alarm: id,
          id: `${id}.withdrawn`,
          event: "withdrawn",
          severity: "info",
          at: new Date(nowMs).toISOString(),
          summary: `Nobody looks any more, ${because}; nobody has seen it end: ${before.summary}`,
          remedy: [],
        };
  state.guard.tell({
    at: nowMs,
    change: { id, asset, event: "withdrawn", severity: undefined, since, isOver: true, flaps: undefined, body: undefined },
    entries: [{ kind: "guard-alarm", body: { tag: "withdrawn", alarm: id, asset, because } }],
    deliveries:
      message === undefined
        ? []
        : channelsUpTo(step, steps).map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) })),
  });
}
