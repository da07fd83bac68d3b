/** Against a real SMTP server of this process. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, expect, test } from "vitest";
import type { AlarmMessage } from "./alarm-message.ts";
import type { MailReceiver } from "./mail.ts";
import { sendMail } from "./mail.ts";

const message: AlarmMessage = {
  alarm: "cache.1000",
  id: "cache.1000.opened.1000",
  event: "opened",
  severity: "page",
  asset: "cache",
  owner: "platform",
  vantage: "here",
  seen: "data-readable",
  since: "2026-11-23T16:40:03.000Z",
  at: "2026-11-23T16:40:04.000Z",
  summary: "cache: data-readable without credentials, since 2026-11-23T16:40:03.000Z",
  details: ["redis://cache:6379 at 127.0.0.1, plain: data-readable."],
  remedy: ["Close it."],
};

let server: SMTPServer | undefined;
afterEach(async () => {
  const last = server;
  server = undefined;
  if (last !== undefined) await new Promise<void>((resolve) => last.close(() => resolve()));
});

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
  readonly user: unknown;
}

async function open(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly mails: Mail[] }> {
  const mails: Mail[] = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) =>
      password === "right" ? done(null, { user: username }) : done(new Error("535 hunter2 is wrong")),
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: Buffer.concat(pieces).toString("utf8"), user: session.user });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", () => resolve()));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const receiver = (port: number, other: Partial<MailReceiver> = {}): MailReceiver => ({
  host: "127.0.0.1",
  port,
  tls: "none",
  login: undefined,
  from: "vitrine@example.com",
  to: ["oncall@example.com", "second@example.com"],
  ...other,
});

test("one mail to all, the same message the same id, all of an alarm one thread", async () => {
  const { port, mails } = await open();
  expect(await sendMail(receiver(port), message)).toEqual({ tag: "delivered" });
  await sendMail(receiver(port), message);
  await sendMail(receiver(port), { ...message, id: "cache.1000.closed.2000", event: "closed" });
  const header = (name: string) => mails.map(({ text }) => new RegExp(`^${name}: (.*)$`, "im").exec(text)?.[1]);
  expect(mails.map(({ to }) => to)).toEqual(Array.from({ length: 3 }, () => ["oncall@example.com", "second@example.com"]));
  const [first, again, closed] = header("message-id");
  expect(again).toBe(first);
  expect(closed).not.toBe(first);
  expect(new Set(header("references")).size).toBe(1);
  expect(mails[0]?.text).toContain("Close it like this:");
});

test("a line end in a name begins no header and no mail of its own", async () => {
  const { port, mails } = await open();
  const evil = "cache\r\nBcc: thief@example.com\r\n\r\n.\r\nMAIL FROM:<a@b>";
  await sendMail(receiver(port), { ...message, summary: evil, asset: evil, owner: evil });
  expect(mails).toHaveLength(1);
  expect(mails[0]?.to).not.toContain("thief@example.com");
  const [head = ""] = mails[0]?.text.split("\r\n\r\n") ?? [];
  expect(head).not.toMatch(/^bcc:/im);
});

test("a login that is refused, a server that offers no TLS, nobody there: not delivered, and nothing of what was said", async () => {
  const { port, mails } = await open({ authOptional: false, allowInsecureAuth: true });
  const login = { user: "vitrine", password: "hunter2" };
  const failed = { tag: "failed", because: "The mail server did not take it." };
  expect(await sendMail(receiver(port, { login }), message)).toEqual(failed);
  expect(await sendMail(receiver(port, { tls: "starttls" }), message)).toEqual(failed);
  expect(await sendMail(receiver(9), message)).toEqual(failed);
  expect(mails).toEqual([]);
  expect(await sendMail(receiver(port, { login: { ...login, password: "right" } }), message)).toEqual({ tag: "delivered" });
  expect(mails.map(({ user }) => user)).toEqual(["vitrine"]);
});
