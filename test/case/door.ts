/**
 * What stands before the cluster: it asks everybody for a login, or is taken away and lets everything through. One of its ports is the guard's alone, so
 * that every byte the guard received can be counted and looked through; the independent observer has another.
 */
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

export interface Door extends AsyncDisposable {
  readonly guardPort: number;
  readonly observerPort: number;
  /** Whether everything is let through. */
  isAway: boolean;
  /** Towards the guard. */
  readonly given: Buffer[];
}

const refusal = 'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

export async function openDoor(port: number): Promise<Door> {
  const given: Buffer[] = [];
  const take = (socket: Socket, isGuard: boolean): void => {
    socket.on("error", () => undefined);
    socket.once("data", (first: Buffer) => {
      if (!door.isAway) {
        if (isGuard) given.push(Buffer.from(refusal));
        // What is no HTTP is not spoken here.
        if (/^(?:GET|POST|HEAD) /.test(first.toString("latin1", 0, 5))) socket.end(refusal);
        else socket.destroy();
        return;
      }
      const inside = connect({ host: "127.0.0.1", port });
      inside.on("error", () => socket.destroy());
      socket.on("close", () => inside.destroy());
      inside.on("close", () => socket.end());
      if (isGuard) inside.on("data", (piece: Buffer) => given.push(piece));
      inside.write(first);
      socket.pipe(inside);
      inside.pipe(socket);
    });
  };
  const servers = [createServer((socket) => take(socket, true)), createServer((socket) => take(socket, false))];
  for (const server of servers) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const [guardPort = 0, observerPort = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const door: Door = {
    guardPort,
    observerPort,
    isAway: false,
    given,
    async [Symbol.asyncDispose]() {
      for (const server of servers) await new Promise((resolve) => server.close(resolve));
    },
  };
  return door;
}
