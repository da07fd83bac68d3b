/**
 * PostgreSQL: is a session granted without a password, for each (role, database) that was named? Frames of the frontend/backend protocol 3.0
 * (PostgreSQL documentation, chapter 55). An error is of one pair alone; error codes are SQLSTATEs (appendix A), texts are not read.
 */
import { must } from "../../../lib/assert.ts";
import type { Checker, Heard, Question, Request, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import type { Verdict } from "../../ladder.ts";
import { isOpen, verdict, worst } from "../../ladder.ts";
import { unheard } from "../../checks/unheard.ts";
import { depth } from "./depth.ts";
import { agreed, fieldOf, messageOf, refused, sslRequest, startup, terminate } from "./messages.ts";
import { pairsOf } from "./session.ts";

function requests(question: Question): Requests {
  const startups = pairsOf(question).map(([role, database], i): readonly [string, Request] => [
    `startup ${i}`,
    { bytes: startup(role, database), limit: 2_048, isWhole: (prefix) => messageOf(prefix) !== undefined },
  ]);
  return {
    ssl: { bytes: sslRequest, limit: 1, isWhole: (prefix) => prefix.length > 0 },
    ...Object.fromEntries(startups),
    terminate: { bytes: terminate, limit: 0, isWhole: () => true },
  };
}

/** One connection for each pair, until one is let in. A session that was granted is ended as it should be. */
function next(question: Question, heard: readonly Heard[]): Step {
  const last = heard.at(-1);
  const verdicts = heard.flatMap((one) => judge(one, question) ?? []);
  if (last === undefined) return begin(question, 0);
  if (last.tag === "tls") return { tag: "send", request: `startup ${verdicts.length}`, on: "last" };
  if (last.tag !== "answer" || last.request === "terminate") return done(together(verdicts));
  if (last.request === "ssl") return last.bytes[0] === agreed ? { tag: "start-tls" } : done(together(verdicts));
  if (isOpen(must(verdicts.at(-1), "verdict").seen)) return { tag: "send", request: "terminate", on: "last" };
  return verdicts.length === pairsOf(question).length ? done(together(verdicts)) : begin(question, verdicts.length);
}

function begin({ channel }: Question, pair: number): Step {
  return { tag: "send", request: channel === "tls" ? "ssl" : `startup ${pair}`, on: "new" };
}

function together(verdicts: readonly Verdict[]): Verdict {
  const seen = worst(verdicts.map((one) => one.seen));
  const first = verdicts.find((one) => one.seen === seen) ?? verdicts.at(-1) ?? verdict("unknown", "Nothing was asked.");
  return { ...first, notes: [...new Set(verdicts.flatMap(({ notes }) => notes))] };
}

const asksForPassword: Readonly<Record<number, string>> = { 3: "in clear text", 5: "by MD5", 7: "by GSSAPI", 9: "by SSPI", 10: "by SCRAM" };

/** undefined: what was heard is a step on the way. */
function judge(heard: Heard, question: Question): Verdict | undefined {
  if (heard.tag === "answer" && heard.request === "terminate") return undefined;
  const none = unheard(heard, question);
  if (none !== undefined || heard.tag !== "answer") return none;
  if (heard.request === "ssl") {
    if (heard.bytes[0] === agreed) return undefined;
    return heard.bytes[0] === refused
      ? verdict("silent", "TLS is not spoken here.")
      : verdict("unknown", "The answer to the TLS request is not PostgreSQL's.");
  }
  const message = messageOf(heard.bytes);
  if (message?.type === "R" && message.body.length >= 4) return judgeLogin(message.body, question);
  if (message?.type === "E") return judgeError(message.body);
  return verdict("unknown", "An answer that is not PostgreSQL's.");
}

function judgeLogin(body: Buffer, { channel }: Question): Verdict {
  const method = body.readUInt32BE(0);
  if (method === 0 && body.length === 4) return verdict("anonymous-accepted", "A session is granted without a password.");
  const how = asksForPassword[method];
  if (how === undefined) return verdict("unknown", "A way to log in that we do not know.");
  const isInClear = method === 3 && channel === "plain";
  return verdict(
    "auth-required",
    `A login is asked for, ${how}.`,
    isInClear ? ["The password is asked for in clear text, without TLS."] : [],
  );
}

/** The server's own functions that look for role and database. They run once authentication is over, which here means: without a password. */
const afterLogin = new Set(["InitializeSessionUserId", "InitPostgres", "CheckMyDatabase"]);

function judgeError(body: Buffer): Verdict {
  const [state, routine] = [fieldOf(body, "C"), fieldOf(body, "R")];
  if (routine !== undefined && afterLogin.has(routine) && ["28000", "3D000", "42501"].includes(state ?? ""))
    return verdict(
      "anonymous-accepted",
      "No password is asked for; only the role or the database that was named is none that may be used.",
    );
  if (state === "28000") return verdict("closed", "This role and database are refused.");
  // A pooler says so to everybody.
  if (state === "3D000") return verdict("unknown", "There is no such database: name one that there is.");
  return verdict("unknown", "An error that says neither open nor closed.");
}

/** One letter to the TLS request, and no more. */
function isItself(first: Heard): boolean {
  if (first.tag !== "answer" || first.request !== "ssl" || first.bytes.length !== 1) return false;
  return first.bytes[0] === agreed || first.bytes[0] === refused;
}

export const postgresql: Checker = {
  service: "postgresql",
  title: "PostgreSQL",
  port: 5432,
  evidence: "vendor",
  tls: "agreed",
  requests,
  next,
  depth,
  unasked: { isItself, stopsThere: true },
  remedy:
    "In pg_hba.conf replace `trust` by `scram-sha-256` for this role, database and address, and reload (SELECT pg_reload_conf()). Take the port off the public address (listen_addresses, firewall). pg_stat_database says how much was read since its stats_reset.",
};
