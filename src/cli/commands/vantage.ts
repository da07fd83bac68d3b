/** vitrine vantage: the guard's eyes on a host elsewhere. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { systemClock } from "../../lib/clock.ts";
import { allowing } from "../../guard/vantages/remote-asset.ts";
import { VitrineError } from "../../model/error.ts";
import { receiversOf } from "../guard/alarms/receivers.ts";
import { signals } from "../run.ts";
import { writeSecret } from "../secret-file.ts";
import { Absence } from "../vantage/absence.ts";
import { readInvitation } from "../vantage/code.ts";
import { KeptCheckpoint } from "../vantage/kept-checkpoint.ts";
import { ownKey } from "../vantage/key.ts";
import { runVantage } from "../vantage/vantage.ts";
import type { Command, CommandContext } from "./command.ts";
import { text, texts } from "./command.ts";

export const vantage: Command = {
  name: "vantage",
  summary: "check a watch's stores from this host, too: what is closed inside may be open outside",
  usage: "[INVITATION | -]",
  takes: 1,
  help: `Runs on a host outside, and needs nothing of the company but an invitation that \`vitrine guard vantage add NAME\` prints beside the watch:
its address, the fingerprint of its key, and a code that is good once, within the hour. This host makes a key of its own, which never leaves
it. The connection goes out from here, with TLS by which each side knows the other's key; nothing listens here, and nothing else is kept.

  vitrine vantage vtv1.watch.example.com:7466.outside.….…      the first time; with - it is read from standard input
  vitrine vantage                                              from then on
  vitrine vantage --allow cluster.example.com --allow '*.db.example.com'

It checks what the watch names, by checkers of its own, and says in its log what that is. With --allow it checks nothing else, whatever the
watch says; addresses of this host and its link only where --allow names them. It reconnects for ever. When the watch is away for five
minutes it says so in its log and to --webhook and PagerDuty, where these are set up; stopped while it is, it ends with 3.`,
  options: {
    allow: {
      type: "string",
      value: "HOST",
      multiple: true,
      help: "check this host and no other; may stand several times, *.NAME is all below it",
    },
    folder: { type: "string", value: "FOLDER", help: "where its key and the watch's fingerprint are (default: beside the other keys)" },
  },
  settings: ["webhook", "webhookSecret", "pagerDuty", "pagerDutyKey"],
  run: async (context) => standAt(context),
};

const keptShape = z.strictObject({
  host: z.string(),
  port: z.number().int().min(1).max(65_535),
  name: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

type Kept = z.infer<typeof keptShape>;

async function standAt(context: CommandContext): Promise<number> {
  const config = context.config();
  const folder = text(context, "folder") ?? join(dirname(config.vantageKeyFile), "vantage");
  const receivers = receiversOf(config);
  const [given] = context.positionals;
  // On a command line every account of this host can read it.
  const invitation = given === "-" ? readFileSync(0, "utf8") : given;
  const { host, port, name, fingerprint, code } = invited(invitation, join(folder, "watch.json"));
  const key = ownKey(join(folder, "vantage.key"));
  const allowed = texts(context, "allow");
  const { stop: signal } = signals();
  const absence = new Absence(systemClock);
  const told = { vantage: name, receivers, log: context.log };
  const checkpoint = new KeptCheckpoint(join(folder, "checkpoint.json"));
  if (checkpoint.isUnreadable)
    context.log("error", "what was kept of the watch's ledger cannot be read: whether it was rewritten before now is not known here", {
      vantage: name,
    });
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const standing = runVantage({
    watch: { host, port, fingerprint },
    name,
    key,
    code,
    isAllowed: allowing(allowed),
    allowed,
    clock: systemClock,
    random: Math.random,
    log: context.log,
    signal,
    onWatch: (isThere) => absence.watchIs(isThere),
    checkpoint,
    onDoubt: (what) => absence.doubts(what, told),
  }).finally(() => failed.abort());
  await Promise.all([standing, absence.run({ ...told, signal: either })]);
  return absence.isLost ? 3 : 0;
}

/** What an invitation says is kept, but for its code: that is spent with its first use. */
function invited(invitation: string | undefined, file: string): Kept & { readonly code: string | undefined } {
  if (invitation === undefined) return { ...kept(file), code: undefined };
  const read = readInvitation(invitation);
  if (read === undefined)
    throw new VitrineError("guard/vantage-code", { message: "This is no invitation: it is one text that begins with vtv1." });
  const { code, ...watch } = read;
  writeSecret(file, `${JSON.stringify(watch)}\n`);
  return { ...watch, code };
}

function kept(file: string): Kept {
  const read = existsSync(file) ? keptShape.safeParse(parsed(file)) : undefined;
  if (read?.success === true) return read.data;
  throw new VitrineError("guard/vantage-code", {
    message: existsSync(file)
      ? "What this vantage has kept of its watch cannot be read: it takes another invitation."
      : "This vantage has no watch yet: it takes an invitation the first time.",
    place: file,
  });
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
