/** A checker's controls at run time: its recorded conversations, open and closed. They are judged by the code that judges the store. */
import type { Checker } from "./checker.ts";
import { verdictOf } from "./recording.ts";
import { recordings } from "./recordings.ts";

/** Which recording no longer gets its verdict; undefined: all do. */
export function failedControl(checker: Checker): string | undefined {
  return recordings[checker.service]?.find((one) => verdictOf(checker, one)?.seen !== one.seen)?.of;
}
