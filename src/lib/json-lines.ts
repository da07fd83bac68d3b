/**
 * JSON, a line a message, from somebody who is not trusted: lines have a limit, and what is no JSON is the end of the conversation. (frames.ts
 * is for the pipe between our own processes: it builds typed arrays from what it reads.)
 */

/** A line was too long or no JSON. Nothing of it is repeated. */
export class BadLine extends Error {
  constructor() {
    super("bug: a line that cannot be read was not caught");
  }
}

const newline = 10;

export class LineReader {
  #parts: Buffer[] = [];
  #length = 0;
  /** Bytes of a line, without its newline. May be raised once the other side is known. */
  lengthMax: number;

  constructor(lengthMax: number) {
    this.lengthMax = lengthMax;
  }

  /** The messages that are whole now. Throws BadLine, after which nothing more is to be read. */
  *push(chunk: Buffer): Generator {
    let rest = chunk;
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      this.#take(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const line = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#length = 0;
      yield parsed(line);
    }
    this.#take(rest);
  }

  #take(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.lengthMax) throw new BadLine();
    if (part.length > 0) this.#parts.push(Buffer.from(part));
  }
}

export function lineOfJson(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch {
    throw new BadLine();
  }
}
