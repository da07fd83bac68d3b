/**
 * Frames of the pipe between reader and server: u32 LE length of the head, u32 LE length of the body, head (JSON, UTF-8), body
 * (raw column buffers, each aligned to 8 bytes). Bigints in the head are `{"$n":"123"}`; buffers are `{"$b":[type, offset, bytes]}`; names
 * that begin with `$` have one more of it.
 * The receiver gets typed arrays over one copy of the body. Parse errors never quote the content.
 */
type TypedArray = Uint8Array | Int32Array | BigInt64Array | Float64Array;

const types = { Uint8Array, Int32Array, BigInt64Array, Float64Array } as const;
type TypeName = keyof typeof types;

const headLengthMax = 16 << 20;
const bodyLengthMax = 256 << 20;

/** One frame as a list of chunks to write (corked) and its total size in bytes. */
export function encodeFrame(message: unknown): { readonly chunks: readonly Uint8Array[]; readonly bytes: number } {
  const parts: Uint8Array[] = [];
  let bodyLength = 0;
  const place = (array: TypedArray): { $b: [string, number, number] } => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const offset = bodyLength;
    parts.push(bytes);
    const padding = (8 - (bytes.length % 8)) % 8;
    if (padding > 0) parts.push(new Uint8Array(padding));
    bodyLength += bytes.length + padding;
    return { $b: [array.constructor.name === "Buffer" ? "Uint8Array" : array.constructor.name, offset, bytes.length] };
  };
  const text = Buffer.from(
    JSON.stringify(message, (_key, value: unknown) => {
      if (typeof value === "bigint") return { $n: value.toString() };
      if (ArrayBuffer.isView(value)) return place(value as TypedArray); // eslint-disable-line -- only typed arrays are in messages
      return plainly(value);
    }),
  );
  // Spaces at the end of the head put the body on a multiple of 8, so that the receiver need not copy it.
  const head = Buffer.alloc(Math.ceil(text.length / 8) * 8, 32);
  text.copy(head);
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeUInt32LE(bodyLength, 4);
  return { chunks: [lengths, head, ...parts], bytes: 8 + head.length + bodyLength };
}

/**
 * JSON.stringify writes a Buffer out as a list of numbers before the replacer sees it: its holder is given a plain view of the bytes. And no
 * name looks like one of ours.
 */
function plainly(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  if (!entries.some(([name, one]) => name.startsWith("$") || Buffer.isBuffer(one))) return value;
  const plain = entries.map(
    ([name, one]) =>
      [
        name.startsWith("$") ? `$${name}` : name,
        Buffer.isBuffer(one) ? new Uint8Array(one.buffer, one.byteOffset, one.length) : one,
      ] as const,
  );
  return Array.isArray(value) ? plain.map(([, one]) => one) : Object.fromEntries(plain);
}

/** Cuts a byte stream into frames. `push` returns the messages that are now whole, each with its size in bytes on the pipe. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #need = 8;

  push(chunk: Uint8Array): { readonly message: unknown; readonly bytes: number }[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const out: { message: unknown; bytes: number }[] = [];
    while (this.#length >= this.#need) {
      if (this.#need === 8) {
        const lengths = this.#peek(8);
        const view = new DataView(lengths.buffer, lengths.byteOffset, 8);
        const head = view.getUint32(0, true);
        const body = view.getUint32(4, true);
        if (head > headLengthMax || body > bodyLengthMax) throw new Error("bug: a frame beyond the limit");
        this.#need = 8 + head + body;
        if (this.#length < this.#need) break;
      }
      const bytes = this.#need;
      out.push({ message: decodeFrame(this.#take(bytes)), bytes });
      this.#need = 8;
    }
    return out;
  }

  #peek(count: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return first;
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] as Uint8Array; // eslint-disable-line -- just set
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const chunk = this.#chunks[0] as Uint8Array; // eslint-disable-line -- #length says it is there
      const part = Math.min(chunk.length, count - filled);
      out.set(chunk.subarray(0, part), filled);
      filled += part;
      if (part === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part);
    }
    this.#length -= count;
    return out;
  }
}

function decodeFrame(frame: Uint8Array<ArrayBuffer>): unknown {
  const view = new DataView(frame.buffer);
  const headLength = view.getUint32(0, true);
  const head = Buffer.from(frame.buffer, 8, headLength).toString();
  const base = 8 + headLength;
  return JSON.parse(head, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$n" in value) return BigInt(value.$n as string); // eslint-disable-line -- our own encoding
    if ("$b" in value) {
      const [type, offset, bytes] = value.$b as [TypeName, number, number]; // eslint-disable-line -- our own encoding
      const constructor = types[type];
      return new constructor(frame.buffer, base + offset, bytes / constructor.BYTES_PER_ELEMENT);
    }
    const names = Object.keys(value);
    if (!names.some((name) => name.startsWith("$$"))) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.startsWith("$$") ? name.slice(1) : name, one]));
  });
}
