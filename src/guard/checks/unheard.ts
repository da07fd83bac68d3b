/** What it means that a conversation did not come about: the same for every service. */
import type { Heard, Question } from "./checker.ts";
import type { Verdict } from "../ladder.ts";
import { verdict } from "../ladder.ts";

const certificateWanted: Verdict = { ...verdict("auth-required", "A client certificate is asked for."), isMtls: true };

/** undefined: there is an answer, which the checker judges. */
export function unheard(heard: Heard, question: Question): Verdict | undefined {
  switch (heard.tag) {
    case "no-connection":
      return unconnected(heard.why);
    case "no-tls":
      return withoutTls(heard.why);
    case "tls":
      return undefined;
    case "answer":
      return unanswered(heard, question);
  }
}

function unconnected(why: Extract<Heard, { tag: "no-connection" }>["why"]): Verdict {
  if (why === "refused") return verdict("closed", "The connection was refused.");
  if (why === "timeout") return verdict("filtered", "No answer from here to a connection.");
  return verdict("unknown", why === "unreachable" ? "There is no way there from here." : "No connection came about.");
}

function withoutTls(why: Extract<Heard, { tag: "no-tls" }>["why"]): Verdict {
  if (why === "client-certificate") return certificateWanted;
  if (why === "not-tls" || why === "timeout") return verdict("silent", "TLS is not spoken here.");
  return verdict("unknown", "The TLS handshake did not come to an end.");
}

function unanswered({ ended, bytes }: Extract<Heard, { tag: "answer" }>, { channel }: Question): Verdict | undefined {
  if (ended === "client-certificate") return certificateWanted;
  if (bytes.length > 0) return undefined;
  if (ended !== "closed" && ended !== "reset") return verdict("unknown", "Nothing was answered.");
  return verdict(channel === "plain" ? "silent" : "unknown", "The connection was closed without an answer.");
}
