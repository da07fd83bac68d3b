/** One exchange over TCP, for a fixture's own look at its server: never the guard's sockets, so that both cannot be wrong in one way. */
import { createSocket } from "node:dgram";
import { connect } from "node:net";

/** The answer's first bytes as text, after `text` was sent; empty where there was no connection or no answer. */
export async function exchange(port: number, text: string, host = "127.0.0.1"): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host, port }, () => socket.write(text, "latin1"));
  socket.setTimeout(1_000, () => resolve(""));
  socket.on("data", (bytes) => resolve(bytes.toString("latin1")));
  socket.on("error", () => resolve(""));
  socket.on("close", () => resolve(""));
  const answer = await promise;
  socket.destroy();
  return answer;
}

/** The same over UDP. */
export async function exchangeDatagram(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createSocket("udp4");
  const timer = setTimeout(() => resolve(""), 500);
  socket.on("message", (bytes) => resolve(bytes.toString("latin1")));
  socket.on("error", () => resolve(""));
  socket.connect(port, "127.0.0.1", () => socket.send(Buffer.from(text, "latin1")));
  const answer = await promise;
  clearTimeout(timer);
  socket.close();
  return answer;
}
