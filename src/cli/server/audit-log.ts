/** The audit log: who was given numbers with k lifted, and why. Names and reasons lie beside the ledger, which holds a commitment to them. */
import type { AuditNote } from "../../api/backend.ts";
import type { AuditEntry } from "../../api/contract.ts";
import type { Answer } from "../../metrics/answer.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Json } from "../canonical-json.ts";
import type { State } from "../state.ts";

type Words = Omit<AuditEntry, "id" | "at" | "intact">;

export class AuditLog {
  readonly #state: State;
  readonly #salt: () => string;

  constructor(state: State, salt: () => string) {
    this.#state = state;
    this.#salt = salt;
  }

  note({ name, role, via, reason }: AuditNote, { metric, question, cells, applied }: Answer): void {
    const lsn = applied?.lsn ?? "";
    const asked = canonicalJson(JSON.parse(JSON.stringify(question)) as Json); // eslint-disable-line -- a question is plain data
    const words: Words = { name, role, via, reason, metric, question: asked, cells: cells.length, lsn };
    this.#state.appendAudit({ facts: { metric, lsn, cells: cells.length }, words: { ...words }, salt: this.#salt() });
  }

  read(wanted: { readonly limit: number; readonly before: number | undefined }): readonly AuditEntry[] {
    return this.#state.audit(wanted).map(({ id, at, body, intact }) => ({
      ...(body as unknown as Words), // eslint-disable-line -- written by note alone
      id,
      at: new Date(at).toISOString(),
      intact,
    }));
  }
}
