/**
 * An alarm as a mail (RFC 5321, 5322): plain text, all messages of one alarm one thread, and the same message the same Message-ID in every try. What
 * the mail server says is kept back: only whether it took it.
 */
import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";
import type { AlarmMessage } from "./alarm-message.ts";
import type { Delivery } from "./post.ts";

export interface MailReceiver {
  readonly host: string;
  readonly port: number;
  /** starttls: it must be offered; a server that does not is sent nothing. */
  readonly tls: "starttls" | "implicit" | "none";
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

const limitMs = 10_000;
const subjectMax = 200;

export async function sendMail(receiver: MailReceiver, message: AlarmMessage): Promise<Delivery> {
  const { host, port, tls, login, from, to } = receiver;
  const transport = createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
    name: "vitrine-guard",
    connectionTimeout: limitMs,
    greetingTimeout: limitMs,
    socketTimeout: limitMs,
    tls: { minVersion: "TLSv1.2" },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const thread = messageIdOf(message.alarm);
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: subjectOf(message),
      text: textOf(message),
      messageId: messageIdOf(message.id),
      inReplyTo: thread,
      references: [thread],
      // Nobody's vacation notice answers an alarm (RFC 3834).
      headers: { "auto-submitted": "auto-generated" },
    });
    return { tag: "delivered" };
  } catch {
    return { tag: "failed", because: "The mail server did not take it." };
  } finally {
    transport.close();
  }
}

/** What an alarm is called is no address' business. */
function messageIdOf(text: string): string {
  return `<${createHash("sha256").update(text).digest("hex").slice(0, 40)}@vitrine.invalid>`;
}

function subjectOf({ severity, summary }: AlarmMessage): string {
  return `[${severity}] ${summary}`.replaceAll(/\p{Cc}+/gu, " ").slice(0, subjectMax);
}

function textOf({ summary, asset, owner, vantage, seen, since, at, details, remedy, alarm }: AlarmMessage): string {
  return [
    summary,
    "",
    `asset:  ${asset} (${owner})`,
    `seen:   ${seen}, from ${vantage}`,
    `since:  ${since}`,
    `at:     ${at}`,
    `alarm:  ${alarm}`,
    ...(details.length === 0 ? [] : ["", ...details]),
    ...(remedy.length === 0 ? [] : ["", "Close it like this:", ...remedy]),
    "",
  ].join("\n");
}
