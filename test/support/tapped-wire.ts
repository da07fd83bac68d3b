/** A wire to a server that may be another one later, and keeps all that went over it. */
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";

export interface TappedWire extends Disposable {
  readonly port: number;
  /** Where it leads to. */
  to: number;
  /** What the server sent, and what was sent to it. */
  readonly received: Buffer[];
  readonly sent: Buffer[];
}

export async function tapWire(to: number): Promise<TappedWire> {
  const server = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: wire.to });
    near.on("data", (bytes: Buffer) => wire.sent.push(bytes));
    far.on("data", (bytes: Buffer) => wire.received.push(bytes));
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroySoon());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = {
    port: (server.address() as AddressInfo).port,
    to,
    received: [] as Buffer[],
    sent: [] as Buffer[],
    [Symbol.dispose]: () => server.close(),
  };
  return wire;
}
