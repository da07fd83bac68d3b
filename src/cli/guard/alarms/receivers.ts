/** Where alarms go, as it is set up, and in which order. Secrets are read from their files when the watch begins, and go nowhere else. */
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";
import { sendMail } from "../../../guard/alarms/mail.ts";
import { pagerDutyUrl, sendPagerDuty } from "../../../guard/alarms/pagerduty.ts";
import type { Delivery } from "../../../guard/alarms/post.ts";
import { sendWebhook } from "../../../guard/alarms/webhook.ts";
import { VitrineError } from "../../../model/error.ts";
import type { OncallStep, SmtpDeclaration } from "../../../policy/declaration.ts";
import type { Config } from "../../config.ts";
import { protectedFile } from "../../credentials.ts";

/** Ways out by their names, which are kept with each message that is still to be sent. */
export type Receivers = Readonly<Record<string, (message: AlarmMessage, nowMs: number) => Promise<Delivery>>>;

export interface WaysOut {
  readonly receivers: Receivers;
  /** Who is told first, and who after so long without an acknowledgement; one at least, which may have no way out. */
  readonly steps: readonly { readonly channels: readonly string[]; readonly afterMs: number }[];
}

type Flags = Pick<Config, "webhook" | "webhookSecretFile" | "pagerDuty" | "pagerDutyKeyFile">;

const secretBytes = { min: 24, max: 64 };

/** What the command line names is told first, beside the first step of the file. Throws guard/receiver, cli/credential-unprotected. */
export function waysOutOf(
  config: Flags,
  declared: { readonly oncall: readonly OncallStep[]; readonly smtp: SmtpDeclaration | undefined },
): WaysOut {
  const flags = receiversOf(config);
  const steps = declared.oncall.map((step) => ({ afterMs: step.afterMs, receivers: receiversOfStep(step, declared.smtp) }));
  const [first, ...others] = steps;
  return {
    receivers: Object.assign({}, flags, ...steps.map(({ receivers }) => receivers)) as Receivers, // eslint-disable-line -- records of one kind
    steps: [
      { afterMs: 0, channels: [...Object.keys(flags), ...Object.keys(first?.receivers ?? {})] },
      ...others.map(({ afterMs, receivers }) => ({ afterMs, channels: Object.keys(receivers) })),
    ],
  };
}

/** All who are told up to that step. */
export function channelsUpTo(step: number, steps: WaysOut["steps"]): readonly string[] {
  return [...new Set(steps.slice(0, step + 1).flatMap(({ channels }) => channels))];
}

/** Of the command line. Throws guard/receiver, cli/credential-unprotected. */
export function receiversOf(config: Flags): Receivers {
  const { webhook, webhookSecretFile, pagerDuty, pagerDutyKeyFile } = config;
  const signed = webhook === undefined ? undefined : { url: addressOf(webhook, "--webhook"), secret: secretOf(webhookSecretFile) };
  const key = routingKeyOf(pagerDutyKeyFile, pagerDuty !== undefined);
  const events = key === undefined ? undefined : { url: addressOf(pagerDuty ?? pagerDutyUrl, "--pagerduty"), routingKey: key };
  return {
    ...(signed === undefined ? {} : { webhook: async (message, nowMs) => sendWebhook(signed, message, nowMs) }),
    ...(events === undefined ? {} : { pagerduty: async (message) => sendPagerDuty(events, message) }),
  };
}

function receiversOfStep({ name, mail, webhook, pagerDutyKeyFile }: OncallStep, smtp: SmtpDeclaration | undefined): Receivers {
  const signed =
    webhook === undefined ? undefined : { url: addressOf(webhook.url, `oncall: ${name}: webhook`), secret: secretOf(webhook.secretFile) };
  const key = pagerDutyKeyFile === undefined ? undefined : routingKeyOf(pagerDutyKeyFile, true);
  const post = smtp === undefined || mail.length === 0 ? undefined : { ...smtp, to: mail, login: loginOf(smtp) };
  return {
    ...(signed === undefined ? {} : { [`${name}:webhook`]: async (message, nowMs) => sendWebhook(signed, message, nowMs) }),
    ...(key === undefined
      ? {}
      : { [`${name}:pagerduty`]: async (message) => sendPagerDuty({ url: pagerDutyUrl, routingKey: key }, message) }),
    ...(post === undefined ? {} : { [`${name}:mail`]: async (message) => sendMail(post, message) }),
  };
}

function loginOf({ login }: SmtpDeclaration): { readonly user: string; readonly password: string } | undefined {
  if (login === undefined) return undefined;
  const password = protectedFile(login.passwordFile);
  if (password === undefined || password === "")
    throw new VitrineError("guard/receiver", { message: "There is no password of the mail server.", place: login.passwordFile });
  return { user: login.user, password };
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
