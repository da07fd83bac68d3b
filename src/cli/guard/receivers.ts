/** Where alarms go, as it is set up. Secrets are read from their files when the watch begins, and go nowhere else. */
import type { AlarmMessage } from "../../guard/alarm-message.ts";
import { pagerDutyUrl, sendPagerDuty } from "../../guard/pagerduty.ts";
import type { Delivery } from "../../guard/post.ts";
import { sendWebhook } from "../../guard/webhook.ts";
import { VitrineError } from "../../model/error.ts";
import type { Config } from "../config.ts";
import { protectedFile } from "../credentials.ts";

/** Ways out by their names, which are kept with each message that is still to be sent. */
export type Receivers = Readonly<Record<string, (message: AlarmMessage, nowMs: number) => Promise<Delivery>>>;

const secretBytes = { min: 24, max: 64 };

/** Throws guard/receiver, cli/credential-unprotected. */
export function receiversOf(config: Pick<Config, "webhook" | "webhookSecretFile" | "pagerDuty" | "pagerDutyKeyFile">): Receivers {
  const { webhook, webhookSecretFile, pagerDuty, pagerDutyKeyFile } = config;
  const signed = webhook === undefined ? undefined : { url: addressOf(webhook, "--webhook"), secret: secretOf(webhookSecretFile) };
  const key = routingKeyOf(pagerDutyKeyFile, pagerDuty !== undefined);
  const events = key === undefined ? undefined : { url: addressOf(pagerDuty ?? pagerDutyUrl, "--pagerduty"), routingKey: key };
  return {
    ...(signed === undefined ? {} : { webhook: async (message, nowMs) => sendWebhook(signed, message, nowMs) }),
    ...(events === undefined ? {} : { pagerduty: async (message) => sendPagerDuty(events, message) }),
  };
}

/** https, or http on loopback. Throws guard/receiver. */
export function addressOf(text: string, place: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url?.hostname ?? "");
  if (url === undefined || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)))
    throw new VitrineError("guard/receiver", { message: "The address is not https.", place });
  if (url.username !== "" || url.password !== "")
    throw new VitrineError("guard/receiver", { message: "The address has a user or a password in it.", place });
  return url.toString();
}

function secretOf(file: string): Uint8Array {
  const text = protectedFile(file);
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text?.trim() ?? "")?.[1] ?? "";
  const secret = Buffer.from(encoded, "base64");
  if (secret.length >= secretBytes.min && secret.length <= secretBytes.max) return secret;
  const message = text === undefined ? "There is no file with the webhook's secret." : "The file holds no secret of a webhook.";
  throw new VitrineError("guard/receiver", { message, place: file });
}

/** undefined: there is no such file, and nobody has asked for it. */
function routingKeyOf(file: string, isWanted: boolean): string | undefined {
  const text = protectedFile(file)?.trim();
  if (text === undefined && !isWanted) return undefined;
  if (text !== undefined && /^[A-Za-z0-9]{32}$/.test(text)) return text;
  const message = text === undefined ? "There is no file with PagerDuty's routing key." : "The file holds no routing key.";
  throw new VitrineError("guard/receiver", { message, place: file });
}
