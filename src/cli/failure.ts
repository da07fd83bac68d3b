/**
 * How a failure leaves a process: code, message, place, remedy, and nothing else. A foreign error's text may quote rows (pg's
 * `detail`, JSON.parse, DuckDB), so of those only the class and the places in our own code are kept.
 */
import { errorCodes } from "../model/error-codes.ts";
import { VitrineError } from "../model/error.ts";
import type { PlainError } from "./messages.ts";

export function plainError(error: unknown): PlainError {
  if (error instanceof VitrineError) return { code: error.code, message: error.message, place: error.place, remedy: error.remedy };
  const bug = error instanceof Error && /^bug: [^\n]{1,200}$/.test(error.message) ? error.message : undefined;
  return {
    code: "cli/internal",
    message:
      bug ?? `An unexpected ${error instanceof Error ? className(error) : `failure of type ${typeof error}`}; its text is kept back.`,
    place: error instanceof Error ? ownFrames(error) : undefined,
    remedy: errorCodes["cli/internal"].remedy,
  };
}

/** The class and, where there is one, the short code (`ENOSPC`, `ERR_…`, an SQLSTATE): never free text. */
function className(error: Error): string {
  const code = "code" in error && typeof error.code === "string" && /^[A-Z0-9_]{2,40}$/.test(error.code) ? ` ${error.code}` : "";
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "Error";
  return `${name}${code}`;
}

/** `file:line:column` of the first three frames in our own files. The stack's head holds the message and is not looked at. */
function ownFrames(error: Error): string | undefined {
  const frames = [
    ...(error.stack ?? "").matchAll(
      /^ {4}at (?:[^\n(]{0,200}\()?(?:file:\/\/)?[^\n()]*\/((?:src|dist|examples|test)\/[\w/.-]+:\d+:\d+)\)?$/gm,
    ),
  ];
  return frames.length === 0
    ? undefined
    : frames
        .slice(0, 3)
        .map((frame) => frame[1])
        .join(" < ");
}

/** Text for a person. */
export function failureText(error: PlainError): string {
  const lines = [`${error.code}: ${error.message}`];
  if (error.place !== undefined) lines.push(`  at: ${error.place}`);
  lines.push(`  do: ${error.remedy}`);
  return `${lines.join("\n")}\n`;
}

export function failureExit(error: PlainError): number {
  return errorCodes[error.code].exit;
}

/** Again as an error, on the other side of a message. */
export function errorFrom(plain: PlainError): VitrineError {
  return new VitrineError(plain.code, {
    message: plain.message,
    remedy: plain.remedy,
    ...(plain.place === undefined ? {} : { place: plain.place }),
  });
}

/** Node's own printing of an uncaught error shows its text, its fields and its source line: never let it. */
export function guardProcess(options: { readonly onFailure: (error: PlainError) => void; readonly exit: (code: number) => void }): void {
  const fail = (error: unknown): void => {
    const plain = plainError(error);
    options.onFailure(plain);
    options.exit(failureExit(plain));
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
}
