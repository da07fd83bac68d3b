/**
 * Sends what is kept to be sent, until it is delivered. A try that fails is followed by another, later and later up to a minute, for as long as it
 * takes; a restart goes on with it. What was sent twice has the same id.
 */
import type { Clock } from "../../lib/clock.ts";
import type { CrashHook } from "../../lib/crash-points.ts";
import type { AlarmMessage } from "../../guard/alarm-message.ts";
import type { WebhookReceiver } from "../../guard/webhook.ts";
import { sendWebhook } from "../../guard/webhook.ts";
import type { GuardState } from "../state/guard.ts";

export interface DeliverOptions {
  readonly guard: GuardState;
  readonly receiver: WebhookReceiver;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly crash: CrashHook;
  readonly onFailure: (failure: { readonly message: string; readonly because: string; readonly tries: number }) => void;
}

export const webhookChannel = "webhook";

const lookMs = 200;
const firstMs = 1_000;
const mostMs = 60_000;

/** Ends when the signal says so. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const { guard, clock, signal } = options;
  while (!signal.aborted) {
    for (const { id, body, tries } of guard.due(clock.nowMs())) {
      if (signal.aborted) return;
      await deliverOne(options, { id, message: body as unknown as AlarmMessage, tries }); // eslint-disable-line -- kept by journal.ts alone
    }
    await clock.sleep(lookMs, signal);
  }
}

async function deliverOne(
  { guard, receiver, clock, crash, onFailure }: DeliverOptions,
  { id, message, tries }: { readonly id: string; readonly message: AlarmMessage; readonly tries: number },
): Promise<void> {
  const sent = await sendWebhook(receiver, message, clock.nowMs());
  crash("guard-after-sent");
  if (sent.tag === "delivered") return guard.delivered(id, clock.nowMs());
  guard.postponed(id, clock.nowMs() + Math.min(mostMs, firstMs * 2 ** Math.min(tries, 10)));
  onFailure({ message: message.id, because: sent.because, tries: tries + 1 });
}
