/** A checker's controls at run time: its recorded conversations, open and closed. They are judged by the code that judges the store. */
import type { Checker } from "./checker.ts";
import { verdictOf } from "./recording.ts";
import { recordings } from "./recordings.ts";

/** By checker: both it and its recordings stay as they are while this process lives. */
const known = new WeakMap<Checker, { readonly failed: string | undefined }>();

/** Which recording no longer gets its verdict; undefined: all do. */
export function failedControl(checker: Checker): string | undefined {
  const result = known.get(checker) ?? {
    failed: recordings[checker.service]?.find((one) => verdictOf(checker, one)?.seen !== one.seen)?.of,
  };
  known.set(checker, result);
  return result.failed;
}
