/**
 * Why nothing is known of an asset, as far as that is a reason that others share: one trouble is one alarm, however many assets it hides. By what
 * checks came to, never by what a store said.
 */
import type { Report } from "../judge.ts";

/** no-address: its names have none; no-answer: nothing was heard at any of its places; control-…: that checker's own control failed. */
export type Cause = "no-address" | "no-answer" | `control-${string}`;

/** undefined: a reason of its own. */
export function causeOf({ checks }: Pick<Report, "checks">): Cause | undefined {
  const rows = checks.flatMap((check) => check.rows);
  if (checks.length === 0) return undefined;
  if (rows.length === 0) return "no-address";
  const disbelieved = checks.find((check) => check.rows.some((row) => row.isDisbelieved === true));
  if (disbelieved !== undefined) return `control-${disbelieved.service}`;
  const isSilent = rows.every(({ seen, bytesReceived }) => bytesReceived === 0 && (seen === "unknown" || seen === "filtered"));
  return isSilent ? "no-answer" : undefined;
}

export function causeText(reason: Cause): string {
  if (reason === "no-address") return "their names have no address here: is the name service there?";
  if (reason === "no-answer") return "nothing answers from here: is this host's own network there?";
  return `the checker of ${reason.slice("control-".length)} misjudges a recorded server, so nothing it says is believed: is this Vitrine damaged?`;
}
