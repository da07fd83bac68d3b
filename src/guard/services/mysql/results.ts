/** The answer to a query, of the text protocol: the number of columns, a packet for each, an end, the rows, an end. */
import type { Reply, Rows } from "../../sql/talk.ts";
import type { Packet } from "./packets.ts";
import { errorOf, framed, packetOf } from "./packets.ts";

/** COM_QUERY. */
export function query(text: string): Buffer {
  return framed(Buffer.from(`\u0003${text}`, "utf8"), 0);
}

interface Read {
  readonly isWhole: boolean;
  readonly reply: Reply;
}

const going: Read = { isWhole: false, reply: { tag: "broken" } };
const broken: Read = { isWhole: true, reply: { tag: "broken" } };

/** By its own time (MySQL, MariaDB), or by somebody who ended it. */
const cancelled = new Set([3024, 1969, 1317]);

export function read(bytes: Uint8Array): Read {
  const packets = packetsOf(bytes);
  const first = packets[0];
  if (first === undefined) return going;
  const head = first.payload[0];
  if (head === 0xff) return failed(first);
  // Done, without rows.
  if (head === 0x00) return { isWhole: true, reply: { tag: "rows", rows: [] } };
  // More columns than are ever asked for; or a file of ours is asked for (0xfb).
  if (head === undefined || first.payload.length !== 1 || head >= 0xfb) return broken;
  const afterColumns = packets[1 + head];
  if (afterColumns === undefined) return going;
  if (!isEof(afterColumns)) return broken;
  return rowsOf(packets.slice(2 + head), head);
}

function rowsOf(packets: readonly Packet[], columns: number): Read {
  const rows: Rows[number][] = [];
  for (const packet of packets) {
    if (packet.payload[0] === 0xff) return failed(packet);
    if (isEof(packet)) return { isWhole: true, reply: { tag: "rows", rows } };
    const cells = cellsOf(packet.payload);
    if (cells?.length !== columns) return broken;
    rows.push(cells);
  }
  return going;
}

function failed({ payload }: Packet): Read {
  const error = errorOf(payload);
  return error === undefined ? broken : { isWhole: true, reply: { tag: "failed", isCancelled: cancelled.has(error.code) } };
}

function isEof({ payload }: Packet): boolean {
  return payload[0] === 0xfe && payload.length < 9;
}

function packetsOf(bytes: Uint8Array): readonly Packet[] {
  const all: Packet[] = [];
  for (let at = 0; ;) {
    const packet = packetOf(bytes, at);
    if (packet === undefined) return all;
    all.push(packet);
    at += 4 + packet.payload.length;
  }
}

/** Texts with their lengths before them (up to 64 KB: no more is read); NULL is undefined. */
function cellsOf(payload: Buffer): Rows[number] | undefined {
  const cells: (Buffer | undefined)[] = [];
  for (let at = 0; at < payload.length;) {
    const head = payload[at]!;
    if (head === 0xfb) {
      cells.push(undefined);
      at += 1;
      continue;
    }
    if (head > 0xfc || (head === 0xfc && payload.length < at + 3)) return undefined;
    const [length, from] = head === 0xfc ? [payload.readUInt16LE(at + 1), at + 3] : [head, at + 1];
    if (payload.length < from + length) return undefined;
    cells.push(payload.subarray(from, from + length));
    at = from + length;
  }
  return cells;
}
