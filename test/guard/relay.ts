/**
 * What really arrives: a relay between the guard and a server writes down every byte that the guard sends, and holds it against the
 * checker's list. The transport refuses what is not listed; this looks from outside whether it does.
 */
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { check } from "../../src/guard/checks/check.ts";
import { targetOf } from "../../src/guard/target.ts";
import { systemClock } from "../../src/lib/clock.ts";

export interface Overheard {
  readonly bytes: number;
  /** Bytes that are neither a listed request nor inside TLS. */
  readonly outside: number;
}

export async function overhear(url: string): Promise<Overheard> {
  const { host, port } = targetOf(url);
  const said: Buffer[][] = [];
  const relay = createServer((guard) => {
    const own: Buffer[] = [];
    said.push(own);
    const server = connect({ host, port });
    guard.on("data", (bytes: Buffer) => own.push(bytes));
    guard.pipe(server).pipe(guard);
    server.on("error", () => guard.destroy());
    guard.on("error", () => server.destroy()).on("close", () => server.destroy());
    // A pipe that has lost its end stops reading: the guard's goodbye is still to come.
    server.on("close", () => guard.resume());
  });
  relay.listen(0, "127.0.0.1");
  await new Promise((resolve) => relay.once("listening", resolve));
  const place = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  const target = targetOf(url.replace(/(\/\/(?:[^@/]*@)?)[^/]+/, (_all, before: string) => `${before}${place}`));
  await check(target, systemClock);
  await new Promise((resolve) => relay.close(resolve));
  const question = { channel: "plain", names: target.names, host: target.host, user: target.user } as const;
  const listed = Object.values(target.checker.requests(question)).map(({ bytes }) => Buffer.from(bytes));
  const all = said.map((own) => Buffer.concat(own));
  return {
    bytes: all.reduce((sum, one) => sum + one.length, 0),
    outside: all.reduce((sum, one) => sum + outsideOf(one, listed), 0),
  };
}

/** How much of what one connection was sent is not a chain of listed requests; from the first TLS record on it cannot be seen. */
export function outsideOf(bytes: Buffer, listed: readonly Buffer[]): number {
  let rest = bytes;
  while (rest.length > 0) {
    if (rest[0] === 0x16 && rest[1] === 0x03) return 0;
    const here = rest;
    const next = listed.find((one) => one.length > 0 && here.subarray(0, one.length).equals(one));
    if (next === undefined) return rest.length;
    rest = rest.subarray(next.length);
  }
  return 0;
}
