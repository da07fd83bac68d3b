/**
 * An alarm as a signed webhook, by the Standard Webhooks specification: `webhook-id` is the message's own and the same in every try, the
 * signature is HMAC-SHA256 over id, time and body. Redirects are not followed, and nothing of the receiver's answer is kept but its status.
 */
import { createHmac } from "node:crypto";
import type { AlarmMessage } from "./alarm-message.ts";

export interface WebhookReceiver {
  readonly url: string;
  /** The secret's own bytes. */
  readonly secret: Uint8Array;
}

export type Delivery =
  | { readonly tag: "delivered" }
  /** Tried again later. */
  | { readonly tag: "failed"; readonly because: string };

const limitMs = 10_000;

export async function sendWebhook(receiver: WebhookReceiver, message: AlarmMessage, nowMs: number): Promise<Delivery> {
  const body = JSON.stringify(message);
  const time = String(Math.floor(nowMs / 1000));
  const headers = {
    "content-type": "application/json",
    "user-agent": "vitrine-guard",
    "webhook-id": message.id,
    "webhook-timestamp": time,
    "webhook-signature": `v1,${signatureOf(receiver.secret, message.id, time, body)}`,
  };
  try {
    const response = await fetch(receiver.url, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(limitMs) });
    await response.body?.cancel();
    return response.ok ? { tag: "delivered" } : { tag: "failed", because: `The receiver answered ${response.status}.` };
  } catch {
    return { tag: "failed", because: "The receiver did not answer." };
  }
}

function signatureOf(secret: Uint8Array, id: string, time: string, body: string): string {
  return createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64");
}
