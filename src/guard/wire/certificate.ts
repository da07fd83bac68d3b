/** Of the server, as it showed itself. Reported beside the verdict, never a reason to stop. */
import type { TLSSocket } from "node:tls";

export interface Certificate {
  /** Trusted by this machine for the name that was asked. */
  readonly isTrusted: boolean;
  /** ISO time. */
  readonly validTo: string;
  readonly sha256: string;
}

/** undefined: none was shown. */
export function certificateOf(socket: TLSSocket): Certificate | undefined {
  // Between the alert and the end there may be no more TLS to ask.
  const shown = socket.destroyed ? undefined : socket.getPeerCertificate();
  const validToMs = Date.parse(shown?.valid_to ?? "");
  if (shown === undefined || Number.isNaN(validToMs)) return undefined;
  return {
    isTrusted: socket.authorized,
    validTo: new Date(validToMs).toISOString(),
    sha256: shown.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}
