/**
 * Replies of RESP2 (redis.io/docs, protocol specification), as far as they were read. Reads any bytes: what is cut off is left out, what is none gives
 * undefined. Arrays within arrays are read two deep; nothing that is counted here is deeper.
 */

export type Reply = string | number | null | readonly Reply[] | RedisError;

export interface RedisError {
  readonly code: string;
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
  /** All of it was there. */
  readonly isWhole: boolean;
}

const depthMax = 2;
const elementsMax = 10_000;

/** undefined: no reply, or not enough of one. Text is Latin-1: a key is any bytes. */
export function readReply(bytes: Uint8Array): Read | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return read(text, 0, 0);
}

function read(text: string, at: number, depth: number): Read | undefined {
  const endOfLine = text.indexOf("\r\n", at);
  if (endOfLine === -1) return undefined;
  const line = text.slice(at + 1, endOfLine);
  const next = endOfLine + 2;
  switch (text.charAt(at)) {
    case "+":
      return { reply: line, end: next, isWhole: true };
    case "-":
      return { reply: { code: line.split(" ")[0] ?? "" }, end: next, isWhole: true };
    case ":":
      return /^-?\d{1,15}$/.test(line) ? { reply: Number(line), end: next, isWhole: true } : undefined;
    case "$":
      return readBulk(text, line, next);
    case "*":
      return readArray(text, { line, from: next, depth });
    default:
      return undefined;
  }
}

function readBulk(text: string, line: string, from: number): Read | undefined {
  if (line === "-1") return { reply: null, end: from, isWhole: true };
  if (!/^\d{1,9}$/.test(line)) return undefined;
  const end = from + Number(line);
  if (text.length < end + 2) return undefined;
  return text.startsWith("\r\n", end) ? { reply: text.slice(from, end), end: end + 2, isWhole: true } : undefined;
}

/** Of one that is cut off what came whole. */
function readArray(
  text: string,
  { line, from, depth }: { readonly line: string; readonly from: number; readonly depth: number },
): Read | undefined {
  if (!/^\d{1,6}$/.test(line) || Number(line) > elementsMax || depth >= depthMax) return undefined;
  const all: Reply[] = [];
  let end = from;
  for (let left = Number(line); left > 0; left -= 1) {
    const one = read(text, end, depth + 1);
    if (one === undefined) return { reply: all, end, isWhole: false };
    all.push(one.reply);
    end = one.end;
    if (!one.isWhole) return { reply: all, end, isWhole: false };
  }
  return { reply: all, end, isWhole: true };
}

export function isRedisError(reply: Reply | undefined): reply is RedisError {
  return typeof reply === "object" && reply !== null && "code" in reply;
}
