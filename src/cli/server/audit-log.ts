/**
 * The audit log: who was given numbers with k lifted, and why. Names and reasons lie beside the ledger, which holds a commitment to them.
 * A note is durable in the journal before the answer is given, and goes into the ledger with others soon after.
 */
import type { AuditNote } from "../../api/backend.ts";
import type { AuditEntry } from "../../api/contract.ts";
import type { Answer } from "../../metrics/answer.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import type { State } from "../state.ts";
import type { AuditNoteRow } from "../state/audit.ts";
import type { AuditJournal } from "./audit-journal.ts";

type Words = Pick<AuditEntry, "name" | "subject" | "role" | "via" | "reason" | "question">;

/** A journal of so many bytes goes into the ledger at once. */
const journalMax = 192 << 10;

export class AuditLog {
  readonly #state: State;
  readonly #journal: AuditJournal;
  readonly #salt: () => string;
  readonly #nowMs: () => number;

  constructor(options: {
    readonly state: State;
    readonly journal: AuditJournal;
    /** Random and never the same. */
    readonly salt: () => string;
    readonly nowMs: () => number;
  }) {
    this.#state = options.state;
    this.#journal = options.journal;
    this.#salt = options.salt;
    this.#nowMs = options.nowMs;
  }

  /** Durable when it resolves. */
  async note({ name, subject, role, via, reason }: AuditNote, { metric, question, cells, applied }: Answer): Promise<void> {
    const lsn = applied?.lsn ?? "";
    const asked = canonicalJson(JSON.parse(JSON.stringify(question)) as Json); // eslint-disable-line -- a question is plain data
    const words = { name, ...(subject === undefined ? {} : { subject }), role, via, reason, question: asked };
    const row: AuditNoteRow = { at: this.#nowMs(), facts: { metric, lsn, cells: cells.length }, words, salt: this.#salt() };
    await this.#journal.add(JSON.stringify(row));
    if (this.#journal.size > journalMax) await this.settle();
  }

  /** Brings what is in the journal into the ledger. */
  async settle(): Promise<void> {
    await settleAudit(this.#journal, this.#state);
  }

  async close(): Promise<void> {
    await this.settle();
    await this.#journal.close();
  }

  async read(wanted: { readonly limit: number; readonly before: number | undefined }): Promise<readonly AuditEntry[]> {
    await this.settle();
    return this.#state.audit(wanted).map(({ id, at, facts, words, body, intact }) => ({
      id,
      at: new Date(at).toISOString(),
      metric: textOf(facts["metric"]),
      cells: Number(facts["cells"]),
      lsn: textOf(facts["lsn"]),
      words,
      ...(body as Words | undefined), // eslint-disable-line -- written by note alone
      intact,
    }));
  }

  /** The words of one entry: who, why and what was asked. The entry stays. False: there is none of that id, or it has no words. */
  async erase(id: number): Promise<boolean> {
    // What is in the journal would be brought to the ledger anew if the machine lost power.
    await this.settle();
    return this.#state.eraseAudit(id);
  }
}

/**
 * Brings what is in the journal into the ledger. A line that is none of ours (a damaged disk, an editor) cannot be brought there: that there
 * was one is written instead, for a server that does not start helps nobody.
 */
export async function settleAudit(journal: AuditJournal, state: State): Promise<void> {
  await journal.empty((lines) => {
    const notes = lines.map(noteOf);
    state.appendAudit(notes.filter((note) => note !== undefined));
    const damaged = notes.filter((note) => note === undefined).length;
    if (damaged > 0) state.append("audit-damaged", { lines: damaged });
  });
}

/** Undefined: not a whole note. */
function noteOf(line: string): AuditNoteRow | undefined {
  try {
    const note = JSON.parse(line) as Partial<AuditNoteRow> | null; // eslint-disable-line -- its parts are looked at below
    const isWhole =
      typeof note?.at === "number" && isObject(note.facts) && isObject(note.words) && typeof note.salt === "string" && note.salt !== "";
    return isWhole ? (note as AuditNoteRow) : undefined; // eslint-disable-line -- as was just seen
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(fact: Json | undefined): string {
  return typeof fact === "string" ? fact : "";
}
