/** Server-sent events (WHATWG HTML, section 9.2): what happens from now on, until the listener goes, or may not listen any more. */
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";
import { VitrineError } from "../../model/error.ts";
import type { Listeners } from "../listeners.ts";

/** A word now and then keeps the connection, and shows whether anybody is there. */
const aliveMs = 15_000;
/** After it the browser asks anew, and comes in anew. */
const longestMs = 15 * 60_000;
/** Who does not take what is sent is let go. */
const unsentMax = 65_536;
const unreadMs = 5_000;

/** Throws api/busy. */
export function eventStream<T extends object>(listeners: Listeners<T>, isStillIn: () => boolean): Readable {
  const stream = new PassThrough();
  const say = (text: string): void => {
    if (stream.writableLength > unsentMax) stream.destroy();
    else stream.write(text);
  };
  const leave = listeners.add((event) => {
    if (isStillIn()) say(`data: ${JSON.stringify(event)}\n\n`);
    else end();
  });
  if (leave === undefined) throw new VitrineError("api/busy", { message: "Too many listen already." });
  /** Nothing is said after it, and its place is free: whoever does not read what was said before is not waited for. */
  const end = (): void => {
    leave();
    clearInterval(alive);
    clearTimeout(over);
    stream.end();
    const left = setTimeout(() => stream.destroy(), unreadMs).unref();
    stream.on("close", () => clearTimeout(left));
  };
  const alive = setInterval(() => (isStillIn() ? say(": \n\n") : end()), aliveMs);
  const over = setTimeout(end, longestMs);
  stream.on("close", () => {
    leave();
    clearInterval(alive);
    clearTimeout(over);
  });
  // How soon a browser comes back; and something at once, so that it knows that it is connected.
  say("retry: 2000\n\n");
  return stream;
}
