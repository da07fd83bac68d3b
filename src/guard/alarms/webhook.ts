/**
 * An alarm as a signed webhook, by the Standard Webhooks specification: `webhook-id` is the message's own and the same in every try, the
 * signature is HMAC-SHA256 over id, time and body.
 */
import { createHmac } from "node:crypto";
import type { AlarmMessage } from "./alarm-message.ts";
import type { Delivery } from "./post.ts";
import { post } from "./post.ts";

export interface WebhookReceiver {
  readonly url: string;
  /** The secret's own bytes. */
  readonly secret: Uint8Array;
}

export async function sendWebhook({ url, secret }: WebhookReceiver, message: AlarmMessage, nowMs: number): Promise<Delivery> {
  const body = JSON.stringify(message);
  const time = String(Math.floor(nowMs / 1000));
  const signature = createHmac("sha256", secret).update(`${message.id}.${time}.${body}`).digest("base64");
  return post(url, { "webhook-id": message.id, "webhook-timestamp": time, "webhook-signature": `v1,${signature}` }, body);
}
