/**
 * Three hosts that are network namespaces of this machine, each linked to the others: `inside` (the watch), `outside` (a vantage) and `store`, which
 * has one address for the store and one for a known-open endpoint. Nothing of it touches the machine's own network. Needs the right to make them.
 */
import { execFileSync } from "node:child_process";

export type Host = "inside" | "outside" | "store";

export const addresses = { store: "10.77.0.10", control: "10.77.0.20", watch: "10.77.3.1" } as const;
const own = { inside: "10.77.1.2", outside: "10.77.2.2" } as const;

export class Network implements Disposable {
  readonly #name: (host: Host) => string;

  constructor(id: string) {
    this.#name = (host) => `v${process.pid}${id}${host[0]}`;
    try {
      this.#build();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #build(): void {
    for (const host of ["inside", "outside", "store"] as const) {
      ip("netns", "add", this.#name(host));
      this.#at(host, "link", "set", "lo", "up");
    }
    this.#link(["store", "10.77.1.1"], ["inside", own.inside]);
    this.#link(["store", "10.77.2.1"], ["outside", own.outside]);
    this.#link(["inside", addresses.watch], ["outside", "10.77.3.2"]);
    for (const address of [addresses.store, addresses.control]) this.#at("store", "addr", "add", `${address}/32`, "dev", "lo");
    this.#at("inside", "route", "add", "10.77.0.0/24", "via", "10.77.1.1");
    this.#at("outside", "route", "add", "10.77.0.0/24", "via", "10.77.2.1");
  }

  /** In front of a command, so that it runs there. */
  within(host: Host): readonly string[] {
    return ["ip", "netns", "exec", this.#name(host)];
  }

  /** What is answered to that host is dropped, as a filter would: by the store alone, so that the endpoint beside it still answers, or by that. */
  filter(from: "inside" | "outside", is: "on" | "off", what: "store" | "control" = "store"): void {
    this.#at("store", "rule", is === "on" ? "add" : "del", "from", addresses[what], "to", own[from], "blackhole");
  }

  /** All of the vantage's links. */
  cut(is: "on" | "off"): void {
    for (const device of ["tostore", "toinside"]) this.#at("outside", "link", "set", device, is === "on" ? "down" : "up");
    if (is === "off") this.#at("outside", "route", "replace", "10.77.0.0/24", "via", "10.77.2.1");
  }

  #at(host: Host, ...args: readonly string[]): void {
    ip("-n", this.#name(host), ...args);
  }

  #link([one, itsAddress]: readonly [Host, string], [other, theirs]: readonly [Host, string]): void {
    ip("link", "add", `to${other}`, "netns", this.#name(one), "type", "veth", "peer", "name", `to${one}`, "netns", this.#name(other));
    this.#at(one, "addr", "add", `${itsAddress}/30`, "dev", `to${other}`);
    this.#at(other, "addr", "add", `${theirs}/30`, "dev", `to${one}`);
    this.#at(one, "link", "set", `to${other}`, "up");
    this.#at(other, "link", "set", `to${one}`, "up");
  }

  [Symbol.dispose](): void {
    for (const host of ["inside", "outside", "store"] as const) {
      try {
        ip("netns", "del", this.#name(host));
      } catch {
        // It was not made.
      }
    }
  }
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
