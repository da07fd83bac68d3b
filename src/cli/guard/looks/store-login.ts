/** A store's own login: where it comes from, and who alone may be told it. */
import { isLoopback } from "../../../guard/address.ts";
import type { Row } from "../../../guard/checks/check.ts";
import type { MayBeTold } from "../../../guard/checks/converse.ts";
import { VitrineError } from "../../../model/error.ts";
import { protectedFile } from "../../credentials.ts";

export type Shown = Parameters<MayBeTold>[0];

/**
 * A password goes to this machine itself, or to whoever has just proved by TLS to be the one that it is for: to nobody in clear text, and to no
 * stranger's key, as whoever is on the way, or at one of the name's addresses, would have it.
 */
export function mayBeTold({ address }: Pick<Row, "address">, shown: Shown, keys: readonly string[]): boolean {
  if (isLoopback(address)) return true;
  return shown !== undefined && (shown.isTrusted || (shown.keySha256 !== undefined && keys.includes(shown.keySha256)));
}

export function speaks({ seen }: Row): boolean {
  return seen !== "silent" && seen !== "unknown" && seen !== "closed" && seen !== "filtered";
}

/** `user:password` or `ApiKey …`, as HTTP sends it. Throws cli/credential-unprotected, guard/store-login. */
export function authorizationOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const credential = protectedFile(file)?.trim();
  if (credential !== undefined && /^ApiKey [A-Za-z0-9+/=_-]+$/.test(credential)) return credential;
  if (credential !== undefined && /^[^:\p{Cc}]+:[^\p{Cc}]+$/u.test(credential)) return basicAuthorization(credential);
  throw new VitrineError("guard/store-login", {
    message: credential === undefined ? "There is no such file." : "The file holds neither user:password nor an ApiKey.",
    place: file,
  });
}

/** RFC 7617. */
export function basicAuthorization(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword, "utf8").toString("base64")}`;
}
