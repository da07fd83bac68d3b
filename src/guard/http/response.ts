/** The beginning of an HTTP/1.x response (RFC 9112), as far as it was read. What is not HTTP is said to be none; nothing is guessed. */

export interface Response {
  /** undefined: this is no HTTP response, or not enough of one. */
  readonly status: number | undefined;
  /** Names in lower case; of several of a name the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded from chunks, as far as it was read. */
  readonly body: Buffer;
  /** The body is complete, by its length or its last chunk; where only the end of the connection says so, it never is. */
  readonly isWhole: boolean;
}

const none: Response = { status: undefined, headers: new Map(), body: Buffer.alloc(0), isWhole: false };
const statusLine = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?$/;
/** What is around the value is taken off by hand: an expression for it takes the square of its length. */
const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n]*)$/;

export function parseResponse(prefix: Uint8Array, isHead = false): Response {
  const bytes = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return none;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = statusLine.exec(first)?.[1];
  const fields = lines.map((line) => field.exec(line));
  if (status === undefined || fields.includes(null)) return none;
  const pairs = fields.map((one) => [String(one?.[1]).toLowerCase(), withoutBlanks(String(one?.[2]))] as const);
  const headers = new Map(pairs);
  const code = Number(status);
  const rest = bytes.subarray(end + 4);
  // Another response follows an informational one; nobody asked for it.
  if (code < 200) return none;
  if (isHead || code === 204 || code === 304) return { status: code, headers, body: Buffer.alloc(0), isWhole: true };
  if (/\bchunked\b/i.test(headers.get("transfer-encoding") ?? "")) return { status: code, headers, ...unchunk(rest) };
  const cut = cutOff(rest, new Set(pairs.filter(([name]) => name === "content-length").map(([, value]) => value)));
  return cut === undefined ? none : { status: code, headers, ...cut };
}

/** Spaces and tabs (RFC 9110, section 5.6.3); `trim` would take more. */
function withoutBlanks(text: string): string {
  const isBlank = (at: number): boolean => text[at] === " " || text[at] === "\t";
  let [from, to] = [0, text.length];
  while (from < to && isBlank(from)) from += 1;
  while (to > from && isBlank(to - 1)) to -= 1;
  return text.slice(from, to);
}

/** By the length that the headers say; without one the end of the connection is the body's. undefined: they say none. */
function cutOff(rest: Buffer, lengths: ReadonlySet<string>): Pick<Response, "body" | "isWhole"> | undefined {
  const [length, other] = lengths;
  if (length === undefined) return { body: rest, isWhole: false };
  // Two that differ: the server and what stands before it do not agree where the answer ends (section 6.3).
  if (other !== undefined || !/^\d{1,15}$/.test(length)) return undefined;
  return { body: rest.subarray(0, Number(length)), isWhole: rest.length >= Number(length) };
}

function unchunk(bytes: Buffer): Pick<Response, "body" | "isWhole"> {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at);
    const size = line === -1 ? undefined : /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(bytes.toString("latin1", at, line))?.[1];
    if (size === undefined) return { body: Buffer.concat(parts), isWhole: false };
    const length = Number.parseInt(size, 16);
    if (length === 0) return { body: Buffer.concat(parts), isWhole: true };
    parts.push(bytes.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
    // Cut off here, or its length was not what it said.
    if (bytes.toString("latin1", at - 2, at) !== "\r\n") return { body: Buffer.concat(parts), isWhole: false };
  }
}

/** The body as JSON; undefined: it is none, or not all of it was read. */
export function jsonOf({ body, isWhole }: Response, ended: string): unknown {
  if (!isWhole && ended !== "closed") return undefined;
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
