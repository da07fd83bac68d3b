/** Where the demonstration's alarms arrive, as at a company's on-call: it believes what is signed alone, and notes when it came. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { AlarmMessage } from "../../../guard/alarms/alarm-message.ts";

export interface Arrived {
  readonly message: AlarmMessage;
  /** Of performance.now(). */
  readonly atMs: number;
}

export interface Receiver extends Disposable {
  readonly url: string;
  /** As its file holds it: `whsec_` and base64. */
  readonly secret: string;
  readonly arrived: readonly Arrived[];
  /** The first message of that asset and event from that place in the list on; undefined: stopped before it came. */
  next(event: string, asset: string, from: number, stop: AbortSignal): Promise<Arrived | undefined>;
}

const bodyMax = 256 * 1_024;

export async function openReceiver(): Promise<Receiver> {
  const secret = randomBytes(32);
  const arrived: Arrived[] = [];
  let wake = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const isOurs = body !== undefined && isSigned(request, body, secret);
      response.writeHead(isOurs ? 204 : 401).end();
      if (!isOurs) return;
      arrived.push({ message: JSON.parse(body) as AlarmMessage, atMs: performance.now() }); // eslint-disable-line -- signed by our own watch
      wake.resolve();
      wake = Promise.withResolvers();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`, // eslint-disable-line -- it listens on TCP
    secret: `whsec_${secret.toString("base64")}`,
    arrived,
    async next(event, asset, from, stop) {
      const stopped = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
      while (!stop.aborted) {
        const found = arrived.slice(from).find(({ message }) => message.event === event && message.asset === asset);
        if (found !== undefined) return found;
        await Promise.race([wake.promise, stopped]);
      }
      return undefined;
    },
    [Symbol.dispose]: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > bodyMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** By the Standard Webhooks specification. */
function isSigned({ headers }: IncomingMessage, body: string, secret: Uint8Array): boolean {
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const right = Buffer.from(`v1,${createHmac("sha256", secret).update(signed).digest("base64")}`);
  const given = Buffer.from(String(headers["webhook-signature"]));
  return given.length === right.length && timingSafeEqual(given, right);
}
