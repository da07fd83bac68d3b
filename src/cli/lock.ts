/**
 * A lock that the kernel gives back when its holder dies, also by SIGKILL: SQLite's exclusive lock on a file of its own. Node has no
 * flock; a file with a process id would outlive a crash.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { VitrineError } from "../model/error.ts";
import { openStateFolder } from "./state.ts";

/** `name`: `run` (the supervisor), `server`, or `guard` (the watch). Waits up to `waitMs` for a holder that is just ending. Throws cli/already-running. */
export function lockState(folder: string, name: "run" | "server" | "guard", waitMs: number): Disposable {
  openStateFolder(folder);
  const file = join(folder, `${name}.lock`);
  // SQLite gives its journal the mode of the file.
  if (!existsSync(file)) writeFileSync(file, "", { mode: 0o600 });
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    throw new VitrineError("cli/already-running", {
      message: name === "guard" ? "Another `vitrine guard watch` uses this state folder." : "Another `vitrine run` uses this state folder.",
      place: folder,
    });
  }
  chmodSync(file, 0o600);
  return { [Symbol.dispose]: () => database.close() };
}
