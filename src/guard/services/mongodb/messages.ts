/** OP_MSG (MongoDB 3.6 and later): a command as a request, and the document of its answer. */
import type { Request } from "../../checks/checker.ts";
import type { Document, Written } from "./bson.ts";
import { readDocument, writeDocument } from "./bson.ts";

const opMsg = 2_013;
const headLength = 21;

/** `id`: one after the other on a connection; an answer to another request is none to this one. */
export function commandOf(id: number, limit: number, body: Readonly<Record<string, Written>>): Request {
  const document = writeDocument(body);
  const head = Buffer.alloc(headLength);
  head.writeInt32LE(headLength + document.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(opMsg, 12);
  return { bytes: Buffer.concat([head, document]), limit, isWhole };
}

function isWhole(prefix: Uint8Array): boolean {
  if (prefix.length < 4) return false;
  const length = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).readInt32LE(0);
  // Shorter than a head: no message.
  return length < headLength || prefix.length >= length;
}

/** The document of an OP_MSG, as far as it was read; undefined: there is none. */
export function readReply(bytes: Uint8Array, id: number): Document | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < headLength) return undefined;
  const [length, answers, code, flags] = [buffer.readInt32LE(0), buffer.readInt32LE(8), buffer.readInt32LE(12), buffer.readUInt32LE(16)];
  // Of the flags only that of a checksum at the end is known here; the section is of kind 0.
  if (length < headLength || answers !== id || code !== opMsg || (flags & ~1) !== 0 || buffer[20] !== 0) return undefined;
  return readDocument(buffer.subarray(headLength, length - (flags === 1 ? 4 : 0)));
}

/** Who is asking: said first, as every client does. */
export const hello = {
  hello: 1,
  client: { application: { name: "vitrine-guard" }, driver: { name: "vitrine-guard", version: "1" }, os: { type: "unknown" } },
  $db: "admin",
};

/** Of errors: not logged in or without this right; the time of the request is over. */
export const errorCode = { unauthorized: 13, commandNotFound: 59, timeOver: 50 } as const;

/** A database's name has no dot in it, a collection's may. */
export function namespaceOf(name: string): { readonly database: string; readonly collection: string | undefined } {
  const dot = name.indexOf(".");
  return dot === -1 ? { database: name, collection: undefined } : { database: name.slice(0, dot), collection: name.slice(dot + 1) };
}
