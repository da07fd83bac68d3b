/** A guard that stood still does not take its own standstill for the other side's silence. */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "../../../test/support/certificate.ts";
import { askDatagram } from "./datagram.ts";
import { Link } from "./link.ts";
import { Silence } from "./silence.ts";

const patience = { quietMs: 400, answerMs: 600 };
const question = Buffer.from("?");

/** Nothing in this thread goes on for longer than it has patience; what others say meanwhile lies in the kernel. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

async function whileStandingStill<T>(asked: Promise<T>): Promise<T> {
  standStill();
  return asked;
}

/** In a thread of its own, which goes on: it answers each question at once, over TCP, TLS and UDP. */
const others = `const { parentPort, workerData } = require("node:worker_threads");
  const answer = (socket) => socket.on("error", () => undefined).on("data", () => socket.write("!"));
  const tcp = require("node:net").createServer(answer);
  const tls = require("node:tls").createServer(workerData, answer);
  const udp = require("node:dgram").createSocket("udp4").on("message", (_, { port, address }) => udp.send("!", port, address));
  tcp.listen(0, "127.0.0.1", () => tls.listen(0, "127.0.0.1", () => udp.bind(0, "127.0.0.1", () =>
    parentPort.postMessage({ tcp: tcp.address().port, tls: tls.address().port, udp: udp.address().port }))));`;

describe("who answers at once is heard after a standstill of ours", () => {
  let worker: Worker;
  let ports: { readonly tcp: number; readonly tls: number; readonly udp: number };
  const place = (port: number) => ({ address: "127.0.0.1", port });

  beforeAll(async () => {
    worker = new Worker(others, { eval: true, workerData: makeCertificate(3) });
    ports = await new Promise((resolve) => worker.once("message", resolve));
  });

  afterAll(async () => worker.terminate());

  test("as a connection: it is not filtered", async () => {
    const link = await whileStandingStill(Link.open(place(ports.tcp), patience));
    expect(link).toBeInstanceOf(Link);
    if (link instanceof Link) link.end();
  });

  test("as an answer", async () => {
    const link = await Link.open(place(ports.tcp), patience);
    if (!(link instanceof Link)) throw new Error("no connection");
    expect(await whileStandingStill(link.exchange(question, () => "whole"))).toBe("whole");
    link.end();
  });

  test("as TLS", async () => {
    const link = await Link.open(place(ports.tls), patience);
    if (!(link instanceof Link)) throw new Error("no connection");
    expect(await whileStandingStill(link.startTls(undefined))).not.toHaveProperty("tag");
    link.end();
  });

  test("as a datagram", async () => {
    const heard = askDatagram(question, place(ports.udp), patience);
    // It is sent in the next turn.
    await turn();
    expect(await whileStandingStill(heard)).toMatchObject({ ended: "whole" });
  });
});

test("silence is told once, and what is heard begins it anew", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = 0;
  using silence = new Silence(100, () => {
    told += 1;
    resolve();
  });
  standStill();
  await turn();
  silence.refresh();
  standStill();
  await turn();
  expect(told).toBe(0);
  await promise;
  expect(told).toBe(1);
});

test("who listens no more is told nothing", async () => {
  let told = 0;
  new Silence(4, () => (told += 1))[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told).toBe(0);
});
