/** Cookies: two of ours. Under TLS they carry `__Host-`, which browsers take from this very host over TLS alone, for all its paths. */

export interface CookieKind {
  readonly name: string;
  readonly maxAgeSeconds: number;
}

/** The session; its end is the server's to say, this is when a browser may forget it. */
export const sessionCookie: CookieKind = { name: "vitrine", maxAgeSeconds: 12 * 3600 };
/** One attempt to log in elsewhere, bound to this browser. */
export const attemptCookie: CookieKind = { name: "vitrine-login", maxAgeSeconds: 600 };

/** Longer headers are not looked at. */
const headerMax = 8_192;

/** The value of one cookie of a request; undefined when it is missing or stands twice (somebody else has set one beside ours). */
export function readCookie(header: string | undefined, { name }: CookieKind, tls: boolean): string | undefined {
  if (header === undefined || header.length > headerMax) return undefined;
  const full = fullName(name, tls);
  const values = header.split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 && pair.slice(0, at).trim() === full ? [pair.slice(at + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** A Set-Cookie line; `value` undefined: the browser shall forget it. Values are ours: base64url. */
export function setCookie({ name, maxAgeSeconds }: CookieKind, value: string | undefined, tls: boolean): string {
  const parts = [`${fullName(name, tls)}=${value ?? ""}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  return [...parts, `Max-Age=${value === undefined ? 0 : maxAgeSeconds}`, ...(tls ? ["Secure"] : [])].join("; ");
}

function fullName(name: string, tls: boolean): string {
  return tls ? `__Host-${name}` : name;
}
