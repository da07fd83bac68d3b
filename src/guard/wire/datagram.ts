/** One question over UDP, one answer or none. A port that is closed says so by ICMP; silence says nothing. */
import { createSocket } from "node:dgram";
import type { Ended } from "../checks/checker.ts";
import type { Patience, Place } from "./link.ts";
import { Silence } from "./silence.ts";

export async function askDatagram(
  bytes: Uint8Array,
  { address, port }: Place,
  { quietMs }: Patience,
): Promise<{ readonly bytes: Uint8Array; readonly ended: Ended } | "refused" | "failed"> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof askDatagram>>>();
  using _silence = new Silence(quietMs, () => resolve({ bytes: new Uint8Array(), ended: "quiet" }));
  socket.on("error", (error) => resolve((error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "refused" : "failed"));
  socket.on("message", (message) => resolve({ bytes: message, ended: "whole" }));
  // Connected: the kernel lets nobody else answer, and tells us of a closed port.
  socket.connect(port, address, () => socket.send(bytes));
  const heard = await promise;
  socket.close();
  return heard;
}
