/**
 * Sends what is kept to be sent, until it is delivered: each way out on its own, so that one that hangs holds up no other. A try that fails is
 * followed by another, later and later up to a minute, for as long as it takes; a restart goes on with it. What is sent twice has the same id.
 */
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { Nudges } from "../../../guard/nudges.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { CrashHook } from "../../../lib/crash-points.ts";
import type { DueDelivery, GuardState } from "../../state/guard-rows.ts";
import { longestWaitMs } from "../../state/guard.ts";
import type { Receivers } from "./receivers.ts";

export interface DeliverOptions {
  readonly guard: GuardState;
  readonly receivers: Receivers;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly crash: CrashHook;
  /** By way out: something is there to be sent. */
  readonly letters?: Nudges;
  /** How often it is looked what is to be sent, also where nobody says so: what another process kept, what is to be tried again; milliseconds. */
  readonly lookMs?: number;
  readonly onFailure: (failure: { readonly channel: string; readonly because: string; readonly tries: number }) => void;
}

const usualLookMs = 1_000;
const firstMs = 1_000;
const keptForNobodyMs = 7 * 24 * 3_600_000;

/** Ends when the signal says so. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { guard, receivers, onFailure } = options;
  dropOld(options);
  for (const channel of guard.waiting())
    if (receivers[channel] === undefined)
      onFailure({ channel, because: "Alarms wait for a way out that is not set up any more.", tries: 0 });
  await Promise.all(Object.keys(receivers).map(async (channel) => deliverBy(channel, options)));
}

/** Whoever sets a way out up again after a month is not told of a month's alarms as of news. */
function dropOld({ guard, receivers, clock }: DeliverOptions): void {
  const nowMs = Math.round(clock.nowMs());
  for (const channel of guard.waiting())
    if (receivers[channel] === undefined) guard.drop({ channel, before: nowMs - keptForNobodyMs, at: nowMs });
}

async function deliverBy(channel: string, options: DeliverOptions): Promise<void> {
  const { guard, clock, signal, lookMs = usualLookMs, letters = new Nudges() } = options;
  while (!signal.aborted) {
    for (const due of guard.due(channel, clock.nowMs())) {
      if (signal.aborted) return;
      await deliverOne(channel, options, due);
    }
    await letters.sleep(channel, async (woken) => clock.sleep(lookMs, woken), signal);
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
  guard.postponed(id, clock.nowMs() + Math.min(longestWaitMs, firstMs * 2 ** Math.min(tries, 10)));
  onFailure({ channel, because: sent?.because ?? "There is no such way out.", tries: tries + 1 });
}
