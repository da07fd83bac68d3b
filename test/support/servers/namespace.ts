/**
 * A network namespace with one address that is not loopback, reached over a pair of virtual cables from this machine alone: for servers
 * that treat loopback better than everybody else. Needs root and `ip`; both ends go with it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { given } from "./need.ts";

export interface Namespace extends Disposable {
  /** Of the other end: where servers listen. */
  readonly address: string;
  /** Before a command, to run it inside; it stays root until the command itself changes that. */
  readonly run: readonly string[];
}

/** Of the range for tests of networks (RFC 2544): nobody's, so nothing else is routed there. Each process has its own. */
const { pid } = process;
const block = `198.${18 + ((pid >> 14) & 1)}.${(pid >> 6) & 255}`;
const [ourEnd, otherEnd] = [`${block}.${(pid & 63) * 4 + 1}`, `${block}.${(pid & 63) * 4 + 2}`] as const;
const name = `vitrine-${pid}`;

export const needsNamespace = given(
  "a network namespace (root and iproute2)",
  "sudo npm run test:guard",
  () => process.getuid?.() === 0 && canMake(),
);

function canMake(): boolean {
  const probe = `${name}-try`;
  if (spawnSync("ip", ["netns", "add", probe], { stdio: "ignore" }).status !== 0) return false;
  return spawnSync("ip", ["netns", "del", probe], { stdio: "ignore" }).status === 0;
}

export function openNamespace(): Namespace {
  const ip = (...args: readonly string[]): unknown => execFileSync("ip", args, { stdio: "ignore" });
  const [ours, other] = [`vi${pid}a`, `vi${pid}b`];
  const end = (): void => {
    // The namespace takes its end of the cable along, and with it ours.
    spawnSync("ip", ["netns", "del", name], { stdio: "ignore" });
    spawnSync("ip", ["link", "del", ours], { stdio: "ignore" });
  };
  try {
    ip("netns", "add", name);
    ip("link", "add", ours, "type", "veth", "peer", "name", other, "netns", name);
    ip("addr", "add", `${ourEnd}/30`, "dev", ours);
    ip("link", "set", ours, "up");
    for (const args of [
      ["addr", "add", `${otherEnd}/30`, "dev", other],
      ["link", "set", other, "up"],
      ["link", "set", "lo", "up"],
    ])
      ip("-n", name, ...args);
  } catch (error) {
    end();
    throw error;
  }
  return { address: otherEnd, run: ["ip", "netns", "exec", name], [Symbol.dispose]: end };
}
