/** Of the server, as it showed itself. Reported beside the verdict, never a reason to stop. */
import { createHash } from "node:crypto";
import type { PeerCertificate, TLSSocket } from "node:tls";

export interface Certificate {
  /** Trusted by this machine for the name that was asked. */
  readonly isTrusted: boolean;
  /** ISO time. */
  readonly validTo: string;
  readonly sha256: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo): stays when the certificate is renewed over the same key. */
  readonly keySha256?: string | undefined;
}

/** undefined: none was shown. */
export function certificateOf(socket: TLSSocket): Certificate | undefined {
  // Asked in the midst of a failed handshake too: nothing of it need be there then, whatever its type says.
  const shown: Partial<PeerCertificate> | null = socket.getPeerCertificate();
  const validToMs = Date.parse(shown?.valid_to ?? "");
  if (shown?.fingerprint256 === undefined || Number.isNaN(validToMs)) return undefined;
  return {
    isTrusted: socket.authorized,
    validTo: new Date(validToMs).toISOString(),
    sha256: shown.fingerprint256.replaceAll(":", "").toLowerCase(),
    keySha256: keyOf(socket),
  };
}

function keyOf(socket: TLSSocket): string | undefined {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  return key === undefined ? undefined : createHash("sha256").update(key).digest("hex");
}
