/** What a person typed to be checked. A URL is a declaration for one run; with a password in it it is none. */
import { nearestWord } from "../lib/nearest.ts";
import { VitrineError } from "../model/error.ts";
import type { Channel, Checker } from "./checker.ts";
import { checkerOfPort, schemes } from "./checkers.ts";

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
  /** As it is shown: without a query, without a user. */
  readonly label: string;
}

/** Throws `guard/target`. The text is not repeated where it may hold a secret. */
export function targetOf(text: string): Target {
  const scheme = /^([a-z][a-z0-9+]*):\/\//.exec(text)?.[1];
  if (scheme === undefined || !URL.canParse(text)) throw invalid("It is no URL.");
  const url = new URL(text);
  if (url.password !== "") {
    throw invalid(
      "There is a password in it. The guard asks without one; and whoever reads the history of this shell has it now: change it.",
    );
  }
  if (url.hostname === "") throw invalid("It names no host.");
  const isWeb = scheme === "http" || scheme === "https";
  const webPort = Number(url.port || (scheme === "https" ? 443 : 80));
  const ofPort = isWeb ? checkerOfPort(webPort) : undefined;
  const found = Object.hasOwn(schemes, scheme)
    ? schemes[scheme]
    : ofPort && { checker: ofPort, channel: scheme === "https" ? ("tls" as const) : ("plain" as const) };
  if (found === undefined) {
    const near = nearestWord(scheme, Object.keys(schemes));
    throw invalid(
      isWeb
        ? "http does not say which service it is."
        : near === undefined
          ? "There is no checker of this scheme."
          : `There is no checker of this scheme; there is ${near}.`,
    );
  }
  const { checker, channel } = found;
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = isWeb ? webPort : url.port === "" ? checker.port : Number(url.port);
  const names = url.pathname
    .split(/[/,]/)
    .filter((part) => part !== "")
    .map(decode);
  return {
    checker,
    host,
    port,
    names,
    user: url.username === "" ? undefined : decode(url.username),
    channels: channel === undefined ? (checker.tls === "none" ? ["plain"] : ["plain", "tls"]) : [channel],
    label: `${checker.service}://${host.includes(":") ? `[${host}]` : host}:${port}`,
  };
}

function decode(part: string): string {
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
