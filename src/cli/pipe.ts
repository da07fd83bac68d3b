/**
 * The pipe between reader and server: frames of lib/frames.ts over a socket pair, with credit in bytes. The reader never has more
 * than `creditMax` bytes on the way; the server gives a frame's bytes back when it no longer holds them.
 */
import type { Socket } from "node:net";
import { encodeFrame, FrameReader } from "../lib/frames.ts";

/** 16 MiB: a few frames of a snapshot, and the most that waits in memory when the store is slower than the source. */
const creditMaxBytes = 16 << 20;

/** Writes one frame. Resolves when the socket takes more, which bounds what is buffered here beside the credit. */
export async function writeFrame(socket: Socket, message: unknown): Promise<number> {
  const { chunks, bytes } = encodeFrame(message);
  socket.cork();
  let room = true;
  for (const chunk of chunks) room = socket.write(chunk);
  socket.uncork();
  if (!room && !socket.destroyed) await drained(socket);
  return bytes;
}

async function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    for (const event of ["drain", "close", "error"]) socket.off(event, done);
    resolve();
  };
  for (const event of ["drain", "close", "error"]) socket.on(event, done);
  await promise;
}

/** Messages in order; the next chunk is read when the last message was dealt with. Ends with the pipe, also with a broken one. */
export async function* readFrames(socket: Socket): AsyncGenerator<{ readonly message: unknown; readonly bytes: number }> {
  const reader = new FrameReader();
  try {
    for await (const chunk of socket) yield* reader.push(chunk as Buffer); // eslint-disable-line -- a socket without an encoding yields buffers
  } catch (error) {
    // The other side died: an end like any other. A frame that is none is a bug and goes on up.
    if (error instanceof Error && error.message.startsWith("bug:")) throw error;
  }
}

/** Counts bytes on the way. `take` resolves when there is credit for more; a frame larger than all of it may go alone. */
export class Credit {
  #onTheWay = 0;
  #waiting: (() => void)[] = [];

  get bytesOnTheWay(): number {
    return this.#onTheWay;
  }

  async room(): Promise<void> {
    while (this.#onTheWay >= creditMaxBytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  take(bytes: number): void {
    this.#onTheWay += bytes;
  }

  give(bytes: number): void {
    this.#onTheWay -= bytes;
    if (this.#onTheWay < creditMaxBytes) for (const wake of this.#waiting.splice(0)) wake();
  }
}
