/** Where alarms go, as it is set up. The secret is read from its file when the watch begins, and goes nowhere else. */
import type { WebhookReceiver } from "../../guard/webhook.ts";
import { VitrineError } from "../../model/error.ts";
import type { Config } from "../config.ts";
import { protectedFile } from "../credentials.ts";

const secretBytes = { min: 24, max: 64 };

/** undefined: none is set up. Throws guard/webhook, cli/credential-unprotected. */
export function webhookReceiver({
  webhook,
  webhookSecretFile,
}: Pick<Config, "webhook" | "webhookSecretFile">): WebhookReceiver | undefined {
  return webhook === undefined ? undefined : { url: addressOf(webhook), secret: secretOf(webhookSecretFile) };
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(url?.hostname ?? "");
  if (url === undefined || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)))
    throw new VitrineError("guard/webhook", { message: "The address is not https.", place: "--webhook" });
  if (url.username !== "" || url.password !== "")
    throw new VitrineError("guard/webhook", { message: "The address has a user or a password in it.", place: "--webhook" });
  return url.toString();
}

function secretOf(file: string): Uint8Array {
  const text = protectedFile(file);
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text?.trim() ?? "")?.[1] ?? "";
  const secret = Buffer.from(encoded, "base64");
  if (secret.length >= secretBytes.min && secret.length <= secretBytes.max) return secret;
  const message = text === undefined ? "There is no file with the secret." : "The file holds no such secret.";
  throw new VitrineError("guard/webhook", { message, place: file });
}
