import { expect, test } from "vitest";
import { clientFirst, isSame, proofOf } from "./scram.ts";

/** RFC 7677, section 3, but for the name, which PostgreSQL takes from elsewhere. */
const nonce = "rOprNGfwEbeRWgbNEkqO";
const serverFirst = `r=${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;

test("what is said follows from password, nonces and salt alone, and the server's proof with it", () => {
  expect(clientFirst(nonce)).toBe(`n,,n=,r=${nonce}`);
  const proof = proofOf("pencil", nonce, serverFirst);
  expect(proof?.clientFinal).toMatch(/^c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj\)hNlF\$k0,p=[A-Za-z0-9+/]{43}=$/);
  expect(proof?.clientFinal).not.toContain("pencil");
  expect(isSame(Buffer.from(proof?.serverFinal ?? ""), proof?.serverFinal ?? "-")).toBe(true);
  expect(isSame(Buffer.from(proofOf("pencils", nonce, serverFirst)?.serverFinal ?? ""), proof?.serverFinal ?? "-")).toBe(false);
  expect(isSame(Buffer.from(""), proof?.serverFinal ?? "-")).toBe(false);
});

test.each([
  ["another's nonce", serverFirst.replace("rOpr", "xOpr")],
  ["ours alone", `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
  ["as many rounds as take for ever", serverFirst.replace("4096", "9999999")],
  ["so few rounds that passwords can be guessed from our answer", serverFirst.replace("4096", "4095")],
  ["no rounds", serverFirst.replace("4096", "0")],
  ["an extension that we do not know", `m=x,${serverFirst}`],
  ["no salt", serverFirst.replace("W22ZaJ0SNY7soEsUEjb6gQ==", "")],
  ["nothing", ""],
])("%s is not answered", (_what, said) => {
  expect(proofOf("pencil", nonce, said)).toBeUndefined();
});
