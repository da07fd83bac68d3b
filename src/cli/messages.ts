/** What supervisor, server, its HTTP thread and the command line say to each other (the pipe's messages are in policy/safe.ts). */
import type { ErrorCode } from "../model/error-codes.ts";

/** A VitrineError as plain data. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place: string | undefined;
  readonly remedy: string;
}

export type ReaderMode = "stream" | "drop-slot";

/** Server to supervisor. */
export type ServerMessage =
  | { readonly tag: "ready"; readonly address: string; readonly socket: string }
  | { readonly tag: "want-reader"; readonly generation: number; readonly slot: string; readonly mode: ReaderMode }
  | { readonly tag: "drop-reader"; readonly generation: number }
  /** The server ends and starting it again would not help. */
  | { readonly tag: "fatal"; readonly error: PlainError };

/** Supervisor to server. With `pipe` comes the socket. */
export type SupervisorMessage =
  | { readonly tag: "pipe"; readonly generation: number }
  | {
      readonly tag: "reader-ended";
      readonly generation: number;
      readonly mode: ReaderMode;
      readonly exitCode: number;
      readonly restarts: number;
      readonly crashLoop: boolean;
    }
  | GuardEnded
  | { readonly tag: "stop" };

/** The guard's process ended by itself. */
export interface GuardEnded {
  readonly tag: "guard-ended";
  readonly restarts: number;
  readonly crashLoop: boolean;
  /** Its last word, where it had one. */
  readonly error: PlainError | undefined;
}

/** Guard to supervisor: why it ends. */
export interface GuardMessage {
  readonly tag: "failed";
  readonly error: PlainError;
}

/** Exit codes of a reader. `slotDropped`: it gave up its own slot, because the source kept too much for it. */
export const readerExit = { finished: 0, failed: 1, refused: 3, slotDropped: 5 } as const;
