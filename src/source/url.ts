/**
 * The source's address as a person writes it: `postgres://user@host:5432/database?sslmode=verify-full`. Parsed once into a type
 * that cannot be wrong. The text itself is in no error, because it may hold the password.
 */
import { VitrineError } from "../model/error.ts";

/** `off`: in the clear. `encrypted`: any certificate. `verify-ca`: a trusted one. `verify-full`: a trusted one for this host. */
export type TlsMode = "off" | "encrypted" | "verify-ca" | "verify-full";

export interface SourceAddress {
  /** Host name, address, or the folder of a Unix socket (begins with `/`). */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  readonly tls: TlsMode;
  /** Path of the root certificates (`sslrootcert`); undefined: the system's. Whoever opens the source reads the file. */
  readonly rootCertificatePath: string | undefined;
}

const shape = "postgres://user@host:5432/database?sslmode=verify-full";

const noHost = "none.invalid";

const tlsModes: Readonly<Record<string, TlsMode>> = {
  disable: "off",
  require: "encrypted",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
};

/** Reads a URL. Throws source/url-invalid, which says what is wrong with it but never quotes it. */
export function parseSourceUrl(text: string): SourceAddress {
  const url = parse(text);
  const parameters = readParameters(url);
  const host = parameters.host ?? decode(url.hostname === noHost ? "" : url.hostname.replace(/^\[(.*)\]$/, "$1"), "host");
  const database = decode(url.pathname.replace(/^\//, ""), "database");
  const user = decode(url.username, "user");
  if (host === "") throw invalid("names no host");
  if (user === "") throw invalid("names no user");
  if (database === "") throw invalid("names no database");
  if (database.includes("/")) throw invalid("names more than a database after the host");
  return {
    host,
    port: url.port === "" ? 5432 : Number(url.port),
    database,
    user,
    password: url.password === "" ? undefined : decode(url.password, "password"),
    tls: readTlsMode(parameters.sslmode, host),
    rootCertificatePath: parameters.sslrootcert,
  };
}

/** True for what does not leave this machine: loopback addresses and Unix sockets. */
export function isLoopback(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** `user@host:port/database`, for messages. */
export function describeAddress(address: SourceAddress): string {
  return `${address.user}@${describeHost(address)}/${address.database}`;
}

/** `host:port`, for places. */
export function describeHost(address: SourceAddress): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

function parse(text: string): URL {
  if (!/^postgres(ql)?:\/\//.test(text)) throw invalid("does not begin with postgres:// or postgresql://");
  if (text.includes("#")) throw invalid("has a `#` in it (percent-encode it as %23)");
  // Of Unix sockets the host is empty, which the URL standard does not allow after a user.
  const url = URL.parse(text.replace(/^(postgres(?:ql)?:\/\/[^/?]*@)(?=[/?]|$)/, `$1${noHost}`));
  if (url === null) throw invalid("does not parse (are special characters of the password percent-encoded?)");
  return url;
}

interface Parameters {
  readonly host: string | undefined;
  readonly sslmode: string | undefined;
  readonly sslrootcert: string | undefined;
}

function readParameters(url: URL): Parameters {
  const found: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    // An unknown name is not quoted: with a `?` in a password it would be a piece of it.
    if (name !== "host" && name !== "sslmode" && name !== "sslrootcert") {
      throw invalid("has a parameter that is not known (known: sslmode, sslrootcert, host)");
    }
    if (found[name] !== undefined) throw invalid(`says ${name} twice`);
    found[name] = value;
  }
  if (found["host"] !== undefined && !found["host"].startsWith("/"))
    throw invalid("has a parameter host that is no folder of a Unix socket");
  return { host: found["host"], sslmode: found["sslmode"], sslrootcert: found["sslrootcert"] };
}

function readTlsMode(sslmode: string | undefined, host: string): TlsMode {
  if (sslmode === undefined) return isLoopback(host) ? "off" : "verify-full";
  const mode = Object.hasOwn(tlsModes, sslmode) ? tlsModes[sslmode] : undefined;
  if (mode === undefined) throw invalid("has an sslmode that is none of disable, require, verify-ca, verify-full");
  return mode;
}

function decode(part: string, what: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(`has a ${what} that is not percent-encoded rightly`);
  }
}

function invalid(what: string): VitrineError {
  return new VitrineError("source/url-invalid", { message: `The source's URL ${what}. Its shape: ${shape}` });
}
