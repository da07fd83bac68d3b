/** What it means that a conversation did not come about: the same for every service. */
import type { Heard, Question } from "./checker.ts";
import type { Verdict } from "./ladder.ts";
import { verdict } from "./ladder.ts";

/** undefined: there is an answer, which the checker judges. */
export function unheard(heard: Heard, { channel }: Question): Verdict | undefined {
  switch (heard.tag) {
    case "no-connection":
      if (heard.why === "refused") return verdict("closed", "The connection was refused.");
      if (heard.why === "timeout") return verdict("filtered", "No answer from here to a connection.");
      return verdict("unknown", heard.why === "unreachable" ? "There is no way there from here." : "No connection came about.");
    case "no-tls":
      if (heard.why === "client-certificate") return verdict("auth-required", "A client certificate is asked for.");
      if (heard.why === "not-tls" || heard.why === "timeout") return verdict("silent", "TLS is not spoken here.");
      return verdict("unknown", "The TLS handshake did not come to an end.");
    case "tls":
      return undefined;
    case "answer":
      if (heard.ended === "client-certificate") return verdict("auth-required", "A client certificate is asked for.");
      if (heard.bytes.length > 0) return undefined;
      if (heard.ended === "closed" || heard.ended === "reset")
        return channel === "plain"
          ? verdict("silent", "The connection was closed without an answer.")
          : verdict("unknown", "The connection was closed without an answer.");
      return verdict("unknown", "Nothing was answered.");
  }
}
