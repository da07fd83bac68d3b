/**
 * Whether alarms would arrive: each day a test by every way out, and whoever can still be reached is told of one that delivers nothing for an hour.
 * It looks at what waits in the outbox, so a restart goes on with it.
 */
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { isOver } from "../../../guard/alarms/alarm-message.ts";
import { testMessage, wayOutMessage } from "../../../guard/alarms/delivery-alarm.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { State } from "../../state.ts";
import type { AlarmChange } from "../../state/guard-rows.ts";
import { plain } from "./journal.ts";

const lookMs = 15_000;
const lostMs = 3_600_000;
const testEveryMs = 24 * 3_600_000;
const alarmsMax = 1_000;
const prefix = "delivery.";
const testName = "guard-delivery-test";

export interface WaysOutOptions {
  readonly state: Pick<State, "guard" | "get" | "set">;
  readonly channels: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Ends when the signal says so. */
export async function watchWaysOut(options: WaysOutOptions): Promise<void> {
  const { channels, clock, signal } = options;
  const troubles = new Troubles(clock);
  while (!signal.aborted && channels.length > 0) {
    testDaily(options);
    tellOfLost(options, troubles);
    await clock.sleep(lookMs, signal);
  }
}

function testDaily({ state, channels, clock }: WaysOutOptions): void {
  const nowMs = clock.nowMs();
  const last = Number(state.get(testName) ?? 0);
  // A clock that was set back does not put it off.
  if (nowMs - last < testEveryMs && last <= nowMs) return;
  state.set(testName, String(Math.round(nowMs)));
  // The first beginning is no day after a test.
  if (last > 0) send({ state, nowMs, channels, message: testMessage(nowMs) });
}

/** For how long each has delivered nothing: from where it was when this process first saw it, by a clock that only goes forward. */
class Troubles {
  readonly #clock: Clock;
  readonly #began = new Map<string, { readonly sinceMs: number; readonly steadyMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `failing`: since when the oldest message waits that did not arrive. */
  of(failing: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const nowMs = this.#clock.monotonicMs();
    for (const channel of this.#began.keys()) if (!failing.has(channel)) this.#began.delete(channel);
    for (const [channel, sinceMs] of failing) {
      const before = this.#began.get(channel);
      // The one before has arrived.
      if (before !== undefined && sinceMs <= before.sinceMs) continue;
      this.#began.set(channel, { sinceMs, steadyMs: nowMs - Math.max(0, this.#clock.nowMs() - sinceMs) });
    }
    return new Map([...this.#began].map(([channel, { steadyMs }]) => [channel, nowMs - steadyMs]));
  }
}

function tellOfLost({ state, channels, clock }: WaysOutOptions, troubles: Troubles): void {
  const nowMs = clock.nowMs();
  // What waits for a way out that is not set up any more is nobody's news.
  const failing = new Map([...state.guard.failing()].filter(([channel]) => channels.includes(channel)));
  const standing = new Map(
    state.guard
      .alarms({ limit: alarmsMax, openOnly: true })
      .filter(({ id }) => id.startsWith(prefix))
      .map(({ id, since }) => [id.slice(prefix.length, id.lastIndexOf(".")), since]),
  );
  for (const [channel, forMs] of troubles.of(failing)) {
    if (forMs < lostMs || standing.has(channel)) continue;
    const sinceMs = Math.round(nowMs - forMs);
    const message = wayOutMessage("way-out-lost", { channel, sinceMs, atMs: nowMs });
    send({ state, nowMs, channels: channels.filter((other) => other !== channel), message });
  }
  for (const [channel, sinceMs] of standing)
    if (!failing.has(channel))
      send({ state, nowMs, channels, message: wayOutMessage("way-out-returned", { channel, sinceMs, atMs: nowMs }) });
}

function send(options: {
  readonly state: Pick<State, "guard">;
  readonly nowMs: number;
  readonly channels: readonly string[];
  readonly message: AlarmMessage;
}): void {
  const { state, nowMs, channels, message } = options;
  const { alarm, asset, event, severity, since } = message;
  const over = isOver(event);
  const change: AlarmChange & { readonly asset: string } = {
    id: alarm,
    asset,
    event,
    severity: over ? undefined : severity,
    since: Date.parse(since),
    isOver: over,
    flaps: undefined,
    body: over ? undefined : plain(message),
  };
  state.guard.tell({
    at: nowMs,
    // A test is no alarm that could stand.
    ...(event === "test" ? {} : { change }),
    entries: [{ kind: "guard-told", body: { alarm, event } }],
    deliveries: channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) })),
  });
}
