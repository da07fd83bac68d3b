/** PostgreSQL's text form of booleans, integers and floats, for the rare type that pgoutput cannot send in binary. */
export interface TextReading {
  readonly bool: boolean | undefined;
  readonly integer: bigint | undefined;
  readonly float: number | undefined;
}

const lengthMax = 32;

/** Reads a short ASCII value; undefined when it is none of the three. */
export function readTextValue(bytes: Uint8Array, at: number, length: number): TextReading | undefined {
  if (length < 1 || length > lengthMax) return undefined;
  const text = String.fromCharCode(...bytes.subarray(at, at + length));
  const integer = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  const float = readFloat(text);
  const bool = text === "t" ? true : text === "f" ? false : undefined;
  return integer === undefined && float === undefined && bool === undefined ? undefined : { bool, integer, float };
}

function readFloat(text: string): number | undefined {
  if (text === "NaN") return Number.NaN;
  if (text === "Infinity") return Infinity;
  if (text === "-Infinity") return -Infinity;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
