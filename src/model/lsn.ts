/**
 * A position in PostgreSQL's write-ahead log (PostgreSQL manual, 8.20 `pg_lsn`): 64 bits, written `hi/lo` in hexadecimal.
 * Kept as a bigint so that comparing is `<`.
 */
declare const brand: unique symbol;
export type Lsn = bigint & { readonly [brand]: "Lsn" };

/** 0/0: before everything. */
export const lsnZero = 0n as Lsn; // eslint-disable-line -- the brand's own constant

/** Reads `16/B374D848`. Returns undefined for anything else. */
export function parseLsn(text: string): Lsn | undefined {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text);
  if (!match) return undefined;
  return lsnFrom((BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`));
}

/** From the 64-bit number of the wire protocol. */
export function lsnFrom(bits: bigint): Lsn {
  return BigInt.asUintN(64, bits) as Lsn; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the brand's own parser
}

/** `16/B374D848`, as PostgreSQL prints it. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}
