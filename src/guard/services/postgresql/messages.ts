/** Messages of the frontend/backend protocol 3.0 (PostgreSQL documentation, chapter 55): written from declared names, read from any bytes. */

export const sslRequest = Buffer.from("0000000804d2162f", "hex");
export const terminate = Buffer.from("5800000004", "hex");
/** Answers to the TLS request: `S` and `N`. */
export const [agreed, refused] = [0x53, 0x4e] as const;

export function startup(user: string, database: string): Buffer {
  const text = ["user", user, "database", database, "application_name", "vitrine-guard", ""].join("\0") + "\0";
  const body = Buffer.from(text, "utf8");
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.writeUInt32BE(0x0003_0000, 4);
  return Buffer.concat([head, body]);
}

/** A simple query: its text ends at the first zero byte, so there is none in it. */
export function query(text: string): Buffer {
  if (text.includes("\0")) throw new Error("bug: a query with a zero byte in it");
  const body = Buffer.from(`${text}\0`, "utf8");
  const head = Buffer.alloc(5);
  head.write("Q", "latin1");
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** The message that begins there; undefined: it is not all there. */
export function messageOf(bytes: Uint8Array, from = 0): Message | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from);
  if (buffer.length < 5) return undefined;
  const length = buffer.readUInt32BE(1);
  if (length < 4 || buffer.length < 1 + length) return undefined;
  return { type: String.fromCharCode(buffer[0]!), body: buffer.subarray(5, 1 + length) };
}

/** All that are there as a whole. */
export function messagesOf(bytes: Uint8Array): readonly Message[] {
  const all: Message[] = [];
  for (let at = 0; ;) {
    const message = messageOf(bytes, at);
    if (message === undefined) return all;
    all.push(message);
    at += 5 + message.body.length;
  }
}

/** Whether the server waits for us now: ReadyForQuery is the last. */
export function isReady(prefix: Uint8Array): boolean {
  // `Z`, its length of 5, the state of the transaction; what looks like it within another message does not end the messages.
  const end = prefix.length;
  return end >= 6 && prefix[end - 6] === 0x5a && prefix[end - 2] === 5 && messagesOf(prefix).at(-1)?.type === "Z";
}

/** A field of an error by its letter (section 55.8). */
export function fieldOf(body: Buffer, letter: string): string | undefined {
  const field = body
    .toString("latin1")
    .split("\0")
    .find((one) => one.startsWith(letter));
  return field?.slice(1);
}

/** Columns of a DataRow; undefined: it is none. NULL is undefined. */
export function cellsOf(body: Buffer): readonly (Buffer | undefined)[] | undefined {
  if (body.length < 2) return undefined;
  const cells: (Buffer | undefined)[] = [];
  let at = 2;
  for (let i = body.readUInt16BE(0); i > 0; i -= 1) {
    if (body.length < at + 4) return undefined;
    const length = body.readInt32BE(at);
    at += 4;
    if (length > body.length - at || length < -1) return undefined;
    cells.push(length === -1 ? undefined : body.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return at === body.length ? cells : undefined;
}
