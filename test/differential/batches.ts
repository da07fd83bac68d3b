/** How recorded transactions are cut into batches and slices: any cut must give the same rows and cells. */
import { encodeFrame, FrameReader } from "../../src/lib/frames.ts";
import type { DownMessage, SafeChanges, SafeValues } from "../../src/policy/safe.ts";
import type { Random } from "./random.ts";

export type Commit = Extract<DownMessage, { tag: "commit" }>;

/** What the reader made of one piece of the stream: changes, then their commit. */
export interface Recorded {
  readonly changes: readonly SafeChanges[];
  readonly commit: Commit;
}

export const cuts = ["each", "two", "one"] as const;
export type Cut = (typeof cuts)[number];

/** Messages for a mirror: a batch for each recorded commit, two batches, or one (whose changes are also cut into random slices). */
export function batchesOf(recorded: readonly Recorded[], cut: Cut, random: Random): readonly DownMessage[] {
  if (recorded.length === 0) return [];
  if (cut === "each") return recorded.flatMap((one) => batch([one]));
  if (cut === "one")
    return batch(recorded).flatMap((message): readonly DownMessage[] => (message.tag === "changes" ? slices(message, random) : [message]));
  const middle = 1 + random.below(Math.max(1, recorded.length - 1));
  return [...batch(recorded.slice(0, middle)), ...batch(recorded.slice(middle))];
}

function batch(recorded: readonly Recorded[]): readonly DownMessage[] {
  const last = recorded.at(-1);
  if (last === undefined) return [];
  const sum = (pick: (commit: Commit) => number): number => recorded.reduce((total, one) => total + pick(one.commit), 0);
  const commit: Commit = { ...last.commit, transactions: sum((one) => one.transactions), changes: sum((one) => one.changes) };
  return [...recorded.flatMap((one) => one.changes), commit];
}

/** Cuts a message's rows at one random place; the words go with the first part. */
function slices(changes: SafeChanges, random: Random): readonly SafeChanges[] {
  if (changes.rowCount < 2 || random.oneIn(3)) return [changes];
  const at = 1 + random.below(changes.rowCount - 1);
  return [part(changes, 0, at), { ...part(changes, at, changes.rowCount), dictionary: [] }];
}

function part(changes: SafeChanges, from: number, to: number): SafeChanges {
  const cut = (values: SafeValues): SafeValues => {
    const width = changes.rowCount === 0 ? 1 : values.data.length / changes.rowCount;
    return {
      data: values.data.slice(from * width, to * width),
      nulls: values.nulls?.slice(from, to),
      unchanged: values.unchanged?.slice(from, to),
    };
  };
  return {
    ...changes,
    rowCount: to - from,
    ops: changes.ops.slice(from, to),
    hasOldKey: changes.hasOldKey.slice(from, to),
    oldKeys: changes.oldKeys === undefined ? undefined : cut(changes.oldKeys),
    columns: changes.columns.map(cut),
  };
}

/** The message as the server would get it over the pipe: bytes of its own, which the mirror may keep or overwrite. */
export function overPipe(message: DownMessage): DownMessage {
  const [decoded] = new FrameReader().push(Buffer.concat(encodeFrame(message).chunks));
  if (decoded === undefined) throw new Error("a frame that is not whole");
  return decoded.message as DownMessage;
}
