/** Lets other threads of this process go first. */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** Where Linux says which thread reads it; a process under Node's permissions has to be allowed to. */
export const threadLink = "/proc/thread-self";

/** Gives the calling thread a nice value (0 usual, 19 last). Linux alone has it by thread; elsewhere, and where it is refused, nothing happens. */
export function makeThreadNice(nice: number): void {
  try {
    const thread = Number(readlinkSync(threadLink).split("/").at(-1));
    if (Number.isInteger(thread)) setPriority(thread, nice);
  } catch {
    // Slower for the others, and no reason not to work.
  }
}
