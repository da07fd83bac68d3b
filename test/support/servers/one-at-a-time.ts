/** Heavy servers: several fixtures may look at one that runs, and the next one is started after it has ended. */

interface Held {
  readonly key: string;
  readonly server: AsyncDisposable;
}

let held: Held | undefined;

/** The server of this key, started if it is not the one that runs; whatever else runs is ended first. */
export async function theOne<Server extends AsyncDisposable>(key: string, start: () => Promise<Server>): Promise<Server> {
  if (held?.key === key) return held.server as Server;
  await endTheOne();
  const server = await start();
  held = { key, server };
  return server;
}

export async function endTheOne(): Promise<void> {
  const last = held;
  held = undefined;
  await last?.server[Symbol.asyncDispose]();
}
