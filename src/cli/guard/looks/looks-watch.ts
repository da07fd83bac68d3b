/** Whether stores that are to be looked into are: who does it is another process, which may be none. */
import { lookAlarmOf, lookMessage } from "../../../guard/alarms/look-alarm.ts";
import type { Asset } from "../../../guard/asset.ts";
import { isOver } from "../../../guard/alarms/alarm-message.ts";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { State } from "../../state.ts";
import { plain } from "../alarms/journal.ts";
import { awaitLook } from "./look-notes.ts";

const everyMs = 60_000;
/** After a time in which nothing ran at all, a look has this long to be made. */
const firstMs = 15 * 60_000;
/** Three of them did not come. */
const overdueMs = 3 * 3_600_000;
const alarmsMax = 1_000;

export interface LooksOptions {
  readonly state: Pick<State, "guard" | "get" | "set">;
  readonly assets: readonly Asset[];
  readonly channels: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Ends when the signal says so. */
export async function watchLooks(options: LooksOptions): Promise<void> {
  const { state, assets, clock, signal } = options;
  const looked = assets.filter(({ look }) => look !== undefined);
  for (const { name } of looked) awaitLook(state, name, Math.round(clock.nowMs()));
  if (looked.length === 0) return;
  await clock.sleep(firstMs, signal);
  while (!signal.aborted) {
    for (const asset of looked) tellOf(asset, options);
    await clock.sleep(everyMs, signal);
  }
}

function tellOf(asset: Asset, options: LooksOptions): void {
  const { state, clock } = options;
  const nowMs = Math.round(clock.nowMs());
  const { goodAt, since, because } = awaitLook(state, asset.name, nowMs);
  const alarm = standing(options).get(asset.name);
  const isOverdue = nowMs - since >= overdueMs;
  if (isOverdue && alarm === undefined) tell(options, lookMessage("look-overdue", asset, { sinceMs: since, atMs: nowMs, because }));
  if (!isOverdue && alarm !== undefined && goodAt !== undefined)
    tell(options, lookMessage("looked-again", asset, { sinceMs: alarm.since, atMs: nowMs }));
}

interface Standing {
  readonly asset: Pick<Asset, "name" | "owner">;
  readonly since: number;
}

/** Alarms of ours, by asset. */
function standing({ state }: Pick<LooksOptions, "state">): ReadonlyMap<string, Standing> {
  return new Map(
    state.guard
      .alarms({ limit: alarmsMax, openOnly: true })
      .filter(({ id, asset, since }) => id === lookAlarmOf(asset, since))
      .map(({ asset, since, body }) => [asset, { asset: { name: asset, owner: ownerIn(body) }, since }]),
  );
}

function ownerIn(body: unknown): string {
  return (body as Partial<AlarmMessage> | undefined)?.owner ?? ""; // eslint-disable-line -- written here alone
}

function tell({ state, channels, clock }: LooksOptions, message: AlarmMessage): void {
  const { alarm, asset, event, severity, since } = message;
  const over = isOver(event);
  state.guard.tell({
    at: Math.round(clock.nowMs()),
    change: {
      id: alarm,
      asset,
      event,
      severity: over ? undefined : severity,
      since: Date.parse(since),
      isOver: over,
      flaps: undefined,
      body: over ? undefined : plain(message),
    },
    entries: [{ kind: "guard-told", body: { alarm, event } }],
    deliveries: channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) })),
  });
}
