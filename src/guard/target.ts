/** What a person typed to be checked. A URL is a declaration for one run; with a password in it it is none. */
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import type { Channel, Checker } from "./checks/checker.ts";
import { checkerOfPort, schemes } from "./checks/checkers.ts";

export interface Target {
  readonly checker: Checker;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Indices, databases, buckets. */
  readonly names: readonly string[];
  readonly user: string | undefined;
  /** Those that are tested; the URL's scheme may say one. */
  readonly channels: readonly Channel[];
  /** Those that its name may have, in one way of writing (address.ts); undefined: any. */
  readonly addresses?: ReadonlySet<string>;
  /** As it is shown: without a query, without a user. */
  readonly label: string;
}

const namesMax = 64;

/** Throws `guard/target`. The text is not repeated: it may hold a secret. */
export function targetOf(text: string): Target {
  const { url, scheme } = urlOf(text);
  const isWeb = scheme === "http" || scheme === "https";
  const webPort = Number(url.port || (scheme === "https" ? 443 : 80));
  const { checker, channel } = serviceOf(scheme, isWeb ? webPort : undefined);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = isWeb ? webPort : url.port === "" ? checker.port : Number(url.port);
  if (port === 0) throw invalid("Nothing listens on port 0.");
  return {
    checker,
    host,
    port,
    names: namesOf(url),
    user: url.username === "" ? undefined : decode(url.username),
    channels: channel === undefined ? (checker.tls === "none" ? ["plain"] : ["plain", "tls"]) : [channel],
    label: `${checker.service}://${host.includes(":") ? `[${host}]` : host}:${port}`,
  };
}

function urlOf(text: string): { readonly url: URL; readonly scheme: string } {
  const scheme = /^([a-z][a-z0-9+-]*):\/\//.exec(text)?.[1];
  if (scheme === undefined || !URL.canParse(text)) throw invalid("It is no URL.");
  const url = new URL(text);
  if (url.password !== "") {
    throw invalid(
      "There is a password in it. The guard asks without one; and whoever reads the history of this shell has it now: change it.",
    );
  }
  // A password with a slash in it ends the host early: what follows is no name of anything.
  if (url.pathname.includes("@")) throw invalid("There is an @ after the host: a user or password that is not percent-encoded.");
  if (url.hostname === "") throw invalid("It names no host.");
  return { url, scheme };
}

function namesOf({ pathname }: URL): readonly string[] {
  const names = pathname
    .split(/[/,]/)
    .filter((part) => part !== "")
    .map(decode);
  // Each is asked for by itself, at every address: more of them do not fit in a check that somebody waits for.
  if (names.length > namesMax) throw invalid(`There are ${names.length} names in it; at most ${namesMax} are asked for at once.`);
  return names;
}

function serviceOf(scheme: string, webPort: number | undefined): { readonly checker: Checker; readonly channel?: Channel } {
  const ofPort = webPort === undefined ? undefined : checkerOfPort(webPort);
  if (ofPort !== undefined) return { checker: ofPort, channel: scheme === "https" ? "tls" : "plain" };
  const found = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (found !== undefined) return found;
  if (webPort !== undefined) throw invalid("http does not say which service it is.");
  const near = nearestWord(scheme, Object.keys(schemes));
  throw invalid(near === undefined ? "There is no checker of this scheme." : `There is no checker of this scheme; there is ${near}.`);
}

function decode(part: string): string {
  const text = decoded(part);
  // A request is made of it: nothing in it may end a line or a field.
  if (/\p{Cc}/u.test(text)) throw invalid("There is a control character in it.");
  return text;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid("A part of it is not percent-encoded as it should be.");
  }
}

function invalid(message: string): VitrineError {
  return new VitrineError("guard/target", {
    message,
    remedy: `Name it as SERVICE://HOST[:PORT][/NAME], with a service of: ${Object.keys(schemes).join(", ")}.`,
  });
}
