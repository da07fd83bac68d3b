/** Writes what only its owner may read: a new file of mode 0600, renamed into place, so that it is never open for a moment. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export function writeSecret(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
  renameSync(beside, file);
}
