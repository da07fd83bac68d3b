/** Shows each vantage the ledger's last checkpoint, with the proof from the one that it keeps: one at a time, and what it doubts is told once. */
import type { Log } from "../../../lib/log.ts";
import type { FromVantage } from "../../../guard/vantages/vantage-messages.ts";
import type { Json } from "../../canonical-json.ts";
import type { Guest } from "../../vantage/listener.ts";
import type { LedgerSigner } from "../../ledger/ledger-signer.ts";

type Said = Extract<FromVantage, { readonly tag: "kept" | "doubt" }>;

export class Showing {
  readonly #signer: LedgerSigner | undefined;
  readonly #append: (kind: string, body: Json) => void;
  readonly #log: Log;
  /** By connection: what it keeps, what it was shown the last time, and whether it has answered to that. */
  readonly #kept = new WeakMap<Guest, { readonly size: number; readonly shown: string | undefined; readonly isAnswered: boolean }>();
  /** Each is an entry of the ledger, and so a new checkpoint: once is enough. */
  readonly #doubts = new Set<string>();

  constructor(signer: LedgerSigner | undefined, append: (kind: string, body: Json) => void, log: Log) {
    this.#signer = signer;
    this.#append = append;
    this.#log = log;
  }

  hear(guest: Guest, said: Said): void {
    const before = this.#kept.get(guest);
    if (said.tag === "kept") this.#kept.set(guest, { size: said.size, shown: before?.shown, isAnswered: true });
    else this.#doubted(guest, said.what);
  }

  /** To be called every second or so. */
  show(guests: Iterable<Guest>): void {
    const { verifier } = this.#signer ?? {};
    if (verifier === undefined) return;
    for (const guest of guests) {
      const kept = this.#kept.get(guest);
      const now = kept?.isAnswered === true ? this.#signer?.show(kept.size) : undefined;
      if (kept === undefined || now === undefined || now.note === kept.shown) continue;
      guest.send({ tag: "checkpoint", verifier, note: now.note, proof: [...now.proof] });
      this.#kept.set(guest, { ...kept, shown: now.note, isAnswered: false });
    }
  }

  #doubted(guest: Guest, what: Extract<Said, { readonly tag: "doubt" }>["what"]): void {
    const kept = this.#kept.get(guest);
    if (kept !== undefined) this.#kept.set(guest, { ...kept, isAnswered: true });
    const key = `${guest.name} ${what}`;
    if (this.#doubts.has(key)) return;
    this.#doubts.add(key);
    this.#log("error", "a vantage keeps a checkpoint of another ledger", { vantage: guest.name, reason: what });
    this.#append("guard-vantage", { event: "doubt", vantage: guest.name, what });
  }
}
