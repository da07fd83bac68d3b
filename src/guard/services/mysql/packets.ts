/** Packets of the MySQL client/server protocol, as far as a login needs them: read from any bytes, written from a declared user and database. */

export interface Packet {
  readonly sequence: number;
  readonly payload: Buffer;
}

export type Reply =
  | { readonly tag: "ok" }
  | { readonly tag: "error"; readonly code: number }
  /** Another way to log in is asked for; without a name it is the oldest. */
  | { readonly tag: "switch"; readonly plugin: string };

/** Capabilities that we claim: long passwords, protocol 4.1, its authentication, plugins, attributes; and two that are not always there. */
const capabilities = 0x0018_8201;
const [withDatabase, withTls] = [0x8, 0x800];
const protocol41 = 0x200;
const utf8mb4 = 0x2d;

/** The packet that begins there; undefined: it is not all there. */
export function packetOf(bytes: Uint8Array, from = 0): Packet | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from);
  if (buffer.length < 4) return undefined;
  const length = buffer.readUIntLE(0, 3);
  if (buffer.length < 4 + length) return undefined;
  return { sequence: buffer[3]!, payload: buffer.subarray(4, 4 + length) };
}

/** undefined: no greeting of protocol 10 with protocol 4.1 in it. */
export function greetingOf({ sequence, payload }: Packet): { readonly offersTls: boolean; readonly version: string } | undefined {
  if (sequence !== 0 || payload[0] !== 10) return undefined;
  const endOfVersion = payload.indexOf(0, 1);
  // The connection's number (4), the first part of the nonce (8), a filler (1).
  const at = endOfVersion + 1 + 4 + 8 + 1;
  if (endOfVersion === -1 || payload.length < at + 2) return undefined;
  const offered = payload.readUInt16LE(at);
  return (offered & protocol41) === 0
    ? undefined
    : { offersTls: (offered & withTls) !== 0, version: payload.toString("latin1", 1, endOfVersion) };
}

/** The answer to a login; undefined: none that we know. */
export function replyOf({ payload }: Packet): Reply | undefined {
  // Of an OK at least: its head, two counts, the status, the warnings.
  if (payload[0] === 0x00 && payload.length >= 7) return { tag: "ok" };
  if (payload[0] === 0xfe) {
    const end = payload.indexOf(0, 1);
    return { tag: "switch", plugin: payload.toString("latin1", 1, end === -1 ? payload.length : end) };
  }
  return errorOf(payload);
}

/** Before a greeting an error has no SQLSTATE. */
export function errorOf(payload: Buffer): Extract<Reply, { tag: "error" }> | undefined {
  return payload[0] === 0xff && payload.length >= 3 ? { tag: "error", code: payload.readUInt16LE(1) } : undefined;
}

interface Login {
  readonly user: string;
  readonly database: string | undefined;
  /** In TLS, which was asked for by a packet of its own. */
  readonly isInTls: boolean;
}

export function loginPacket({ user, database, isInTls }: Login): Buffer {
  const text = (one: string): Buffer => Buffer.from(`${one}\0`, "utf8");
  // An empty password's proof is empty.
  const proof = Buffer.from([0]);
  const parts = [head({ database, isInTls }), text(user), proof];
  if (database !== undefined) parts.push(text(database));
  parts.push(text("mysql_native_password"), attributes([["program_name", "vitrine-guard"]]));
  return framed(Buffer.concat(parts), isInTls ? 2 : 1);
}

/** It must claim what the login after it claims: some servers read it here alone. */
export function tlsPacket(hasDatabase: boolean): Buffer {
  return framed(head({ database: hasDatabase ? "" : undefined, isInTls: true }), 1);
}

export function framed(payload: Uint8Array, sequence: number): Buffer {
  const front = Buffer.alloc(4);
  front.writeUIntLE(payload.length, 0, 3);
  front[3] = sequence;
  return Buffer.concat([front, payload]);
}

function head({ database, isInTls }: Pick<Login, "database" | "isInTls">): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(capabilities | (database === undefined ? 0 : withDatabase) | (isInTls ? withTls : 0), 0);
  bytes.writeUInt32LE(0x0100_0000, 4);
  bytes[8] = utf8mb4;
  return bytes;
}

function attributes(each: readonly (readonly [string, string])[]): Buffer {
  const short = (one: string): Buffer => Buffer.from([one.length, ...Buffer.from(one, "latin1")]);
  const all = Buffer.concat(each.flat().map(short));
  return Buffer.from([all.length, ...all]);
}
