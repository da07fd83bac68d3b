/** Of the server, as it showed itself. Reported beside the verdict, never a reason to stop. */
import type { PeerCertificate, TLSSocket } from "node:tls";

export interface Certificate {
  /** Trusted by this machine for the name that was asked. */
  readonly isTrusted: boolean;
  /** ISO time. */
  readonly validTo: string;
  readonly sha256: string;
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
  };
}
