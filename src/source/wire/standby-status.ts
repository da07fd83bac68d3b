import type { Lsn } from "../../model/lsn.ts";

/** Milliseconds from 1970 to 2000. */
const epochMs = 946_684_800_000;

/** Standby status update (`r`): written, flushed, applied position, clock in microseconds since 2000, whether an answer is wanted. */
export function statusMessage(status: {
  readonly written: Lsn;
  readonly flushed: Lsn;
  readonly nowMs: number;
  readonly replyRequested: boolean;
}): Uint8Array {
  const message = new Uint8Array(34);
  const view = new DataView(message.buffer);
  message[0] = 0x72;
  view.setBigUint64(1, status.written);
  view.setBigUint64(9, status.flushed);
  view.setBigUint64(17, status.flushed);
  view.setBigInt64(25, BigInt(Math.trunc(status.nowMs) - epochMs) * 1000n);
  message[33] = status.replyRequested ? 1 : 0;
  return message;
}
