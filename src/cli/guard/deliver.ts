/**
 * Sends what is kept to be sent, until it is delivered: each way out on its own, so that one that hangs holds up no other. A try that fails is
 * followed by another, later and later up to a minute, for as long as it takes; a restart goes on with it. What is sent twice has the same id.
 */
import type { AlarmMessage } from "../../guard/alarm-message.ts";
import type { Clock } from "../../lib/clock.ts";
import type { CrashHook } from "../../lib/crash-points.ts";
import type { DueDelivery, GuardState } from "../state/guard.ts";
import type { Receivers } from "./receivers.ts";

export interface DeliverOptions {
  readonly guard: GuardState;
  readonly receivers: Receivers;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly crash: CrashHook;
  readonly onFailure: (failure: { readonly channel: string; readonly because: string; readonly tries: number }) => void;
}

const lookMs = 200;
const firstMs = 1_000;
const mostMs = 60_000;

/** Ends when the signal says so. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { guard, receivers, onFailure } = options;
  for (const channel of guard.waiting())
    if (receivers[channel] === undefined)
      onFailure({ channel, because: "Alarms wait for a way out that is not set up any more.", tries: 0 });
  await Promise.all(Object.keys(receivers).map(async (channel) => deliverBy(channel, options)));
}

async function deliverBy(channel: string, options: DeliverOptions): Promise<void> {
  const { guard, clock, signal } = options;
  while (!signal.aborted) {
    for (const due of guard.due(channel, clock.nowMs())) {
      if (signal.aborted) return;
      await deliverOne(channel, options, due);
    }
    await clock.sleep(lookMs, signal);
  }
}

async function deliverOne(
  channel: string,
  { guard, receivers, clock, crash, onFailure }: DeliverOptions,
  { id, body, tries }: DueDelivery,
): Promise<void> {
  const sent = await receivers[channel]?.(body as unknown as AlarmMessage, clock.nowMs()); // eslint-disable-line -- kept by journal.ts alone
  crash("guard-after-sent");
  if (sent?.tag === "delivered") return guard.delivered(id, clock.nowMs());
  guard.postponed(id, clock.nowMs() + Math.min(mostMs, firstMs * 2 ** Math.min(tries, 10)));
  onFailure({ channel, because: sent?.because ?? "There is no such way out.", tries: tries + 1 });
}
