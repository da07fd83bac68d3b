import { X509Certificate, createPublicKey, generateKeyPairSync } from "node:crypto";
import { connect, createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { fingerprintOf, selfSigned } from "./self-signed.ts";

const keyOf = () => generateKeyPairSync("ed25519").privateKey;

test("the certificate is of the key, and of no other", () => {
  const [key, other] = [keyOf(), keyOf()];
  const certificate = new X509Certificate(selfSigned(key));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.checkPrivateKey(other)).toBe(false);
  expect(certificate.verify(createPublicKey(key))).toBe(true);
  expect(certificate.verify(createPublicKey(other))).toBe(false);
  expect(fingerprintOf(certificate.publicKey)).toBe(fingerprintOf(key));
  expect(fingerprintOf(certificate.publicKey)).not.toBe(fingerprintOf(other));
});

test("both sides of a TLS connection see each other's key", async () => {
  const [mine, theirs] = [keyOf(), keyOf()];
  const pem = (key: ReturnType<typeof keyOf>) => ({ key: key.export({ type: "pkcs8", format: "pem" }), cert: selfSigned(key) });
  const seen = Promise.withResolvers<string | undefined>();
  const server = createServer({ ...pem(theirs), requestCert: true, rejectUnauthorized: false, minVersion: "TLSv1.3" }, (socket) => {
    const shown = socket.getPeerX509Certificate();
    seen.resolve(shown && fingerprintOf(shown.publicKey));
    socket.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", rejectUnauthorized: false, ...pem(mine) });
  await new Promise((done) => socket.once("secureConnect", done));
  const shown = socket.getPeerX509Certificate();
  expect(shown && fingerprintOf(shown.publicKey)).toBe(fingerprintOf(theirs));
  expect(await seen.promise).toBe(fingerprintOf(mine));
  socket.destroy();
  server.close();
});
