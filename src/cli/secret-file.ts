/** Writes what only its owner may read: a new file of mode 0600, renamed into place, so that it is never open for a moment. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../lib/system-code.ts";
import { VitrineError } from "../model/error.ts";

/** Throws cli/credential-unwritable. */
export function writeSecret(file: string, text: string): void {
  writing(file, () => {
    const beside = writeBeside(file, text);
    try {
      renameSync(beside, file);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  });
}

/** Before a secret takes effect elsewhere and could not be kept here: as writeSecret, but leaves nothing. */
export function requireWritableSecret(file: string): void {
  writing(file, () => rmSync(writeBeside(file, "")));
}

function writeBeside(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  // Of one with our number that was killed, or whose disk was full. What stands there is not written into: it may be another's.
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
  return beside;
}

function writing(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = systemCode(error);
    throw new VitrineError("cli/credential-unwritable", {
      message: "A file with a secret cannot be written.",
      place: file,
      origin: { code },
    });
  }
}
