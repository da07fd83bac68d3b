/** The one text that a vantage is enrolled with: where its watch is, by which key it knows it, and a code that is good once. */
import { createHash } from "node:crypto";

export interface Invitation {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** 128 random bits. */
  readonly code: string;
  /** SHA-256 of the watch's public key, hexadecimal. */
  readonly fingerprint: string;
}

export const codeBytes = 16;
export const codeMs = 60 * 60_000;

export function invitationText({ host, port, name, code, fingerprint }: Invitation): string {
  return `vtv1.${host.includes(":") ? `[${host}]` : host}:${port}.${name}.${code}.${fingerprint}`;
}

/** undefined: it is none. Nothing of it is repeated. */
export function readInvitation(text: string): Invitation | undefined {
  const [, bracketed, bare, port = "", name = "", code = "", fingerprint = ""] =
    /^vtv1\.(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):([1-9]\d{0,4})\.([a-z][a-z0-9_]{0,62})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})$/.exec(
      text.trim(),
    ) ?? [];
  const host = bracketed ?? bare;
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port), name, code, fingerprint };
}

/** Its own random bits are enough: nobody finds a code from what is kept of it. */
export function codeHash(code: string): string {
  return createHash("sha256").update(`vitrine vantage code\n${code}`).digest("hex");
}
