/**
 * Where a password may come from, in this order: the address in the environment, PGPASSWORD, a systemd credential, our own file of
 * mode 0600, PGPASSFILE. Called by the process that connects, and by no other; what it returns is never logged or kept.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { VitrineError } from "../model/error.ts";
import { parseSourceUrl } from "./config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The reader's address with its password in it. Throws cli/credential-missing when no address is known. */
export function sourceConnection(options: {
  readonly sourceUrl: string | undefined;
  readonly passwordFile: string;
  readonly environment: Environment;
}): string {
  if (options.sourceUrl === undefined)
    throw new VitrineError("cli/credential-missing", { message: "No address of the database was given.", place: "VITRINE_SOURCE_URL" });
  const url = parseSourceUrl(options.sourceUrl, "VITRINE_SOURCE_URL");
  const password =
    passwordInEnvironment(url, options.environment) ??
    systemdCredential(options.environment) ??
    protectedFile(options.passwordFile) ??
    passFile(url, options.environment);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.toString();
}

/** The administrator's address: from the environment alone (or the demonstration's own), used once, kept nowhere. */
export function adminConnection(environment: Environment, demonstration: string | undefined): string {
  const text = environment["VITRINE_ADMIN_URL"] ?? demonstration;
  if (text === undefined || text === "")
    throw new VitrineError("cli/credential-missing", {
      message: "The administrator's address of the database was not given.",
      place: "VITRINE_ADMIN_URL",
    });
  return parseSourceUrl(text, "VITRINE_ADMIN_URL").toString();
}

/** The password in the environment's address is for that user of that server: a flag may name another one. */
function passwordInEnvironment(wanted: URL, environment: Environment): string | undefined {
  const text = environment["VITRINE_SOURCE_URL"];
  const url = text === undefined || !URL.canParse(text) ? undefined : new URL(text);
  const isOfWanted = url?.hostname === wanted.hostname && url.port === wanted.port && url.username === wanted.username;
  if (url !== undefined && isOfWanted && url.password !== "") return decodeURIComponent(url.password);
  const plain = environment["PGPASSWORD"];
  return plain === "" ? undefined : plain;
}

function systemdCredential(environment: Environment): string | undefined {
  const folder = environment["CREDENTIALS_DIRECTORY"];
  return folder === undefined ? undefined : textOf(join(folder, "vitrine-source-password"))?.split("\n")[0];
}

/** The first line of a file that only its owner can read; undefined when it is not there. Throws cli/credential-unprotected. */
export function protectedFile(file: string): string | undefined {
  return protectedText(file)?.split("\n")[0];
}

/** All of it. */
export function protectedText(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if ((stat.mode & 0o077) !== 0)
    throw new VitrineError("cli/credential-unprotected", {
      message: "A file with a password can be read by others.",
      place: file,
      remedy: `chmod 600 ${file}`,
    });
  return textOf(file);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** libpq's password file: host:port:database:user:password, `*` for any, `\` before `:` and `\`. A file that others can read is refused. */
function passFile(url: URL, environment: Environment): string | undefined {
  const file = environment["PGPASSFILE"];
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === undefined || stat === undefined) return undefined;
  if ((stat.mode & 0o077) !== 0)
    throw new VitrineError("cli/credential-unprotected", {
      message: "PGPASSFILE can be read by others.",
      place: file,
      remedy: `chmod 600 ${file}`,
    });
  return passwordFor(readFileSync(file, "utf8"), url);
}

export function passwordFor(text: string, url: URL): string | undefined {
  const wanted = [
    url.hostname || "localhost",
    url.port || "5432",
    decodeURIComponent(url.pathname.slice(1)),
    decodeURIComponent(url.username),
  ];
  for (const line of text.split("\n")) {
    if (line.startsWith("#")) continue;
    const fields = [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map((match) => (match[1] ?? "").replaceAll(/\\(.)/g, "$1"));
    if (fields.length >= 5 && wanted.every((value, i) => fields[i] === "*" || fields[i] === value)) return fields[4];
  }
  return undefined;
}
