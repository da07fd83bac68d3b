/** A server's own log, from where it is now: what each fixture's server writes of what it is asked. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { OwnLog } from "./fixture.ts";

/** What was written but not yet on the disk. */
const settlesMs = 500;

/** `ask`: of a line what was asked; undefined: it is of nothing that was asked. One for each fixture: it may know the lines before. */
export function logFile(of: OwnLog["of"], file: string, ask: (line: string) => string | undefined): OwnLog {
  const read = (): string => (existsSync(file) ? readFileSync(file, "latin1") : "");
  const before = read().length;
  return {
    of,
    async asked() {
      await sleep(settlesMs);
      return read()
        .slice(before)
        .split("\n")
        .flatMap((line) => ask(line) ?? []);
    },
  };
}
