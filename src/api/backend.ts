/**
 * What the HTTP side needs of the server, as an asynchronous interface: `cli/` implements it by messages to the main thread, tests
 * by a plain object. Every method may reject with a VitrineError (its code decides the HTTP status); anything else is a bug and
 * is answered without its text.
 */
import type { Answer } from "../metrics/answer.ts";
import type { MetricDescription } from "../metrics/describe.ts";
import type { QuestionInput } from "../metrics/question.ts";
import type { ProofLine, StatusReport } from "../metrics/status-report.ts";

/** The last proof of each kind; `verdicts` is empty while none was made. Times are microseconds since 1970 UTC. */
export interface ProofReport {
  readonly verdicts: readonly ProofLine[];
}

/** ready: answers can be given now. `state` is one word for a person (`building`, `ready` …), never a value. */
export interface Readiness {
  readonly ready: boolean;
  readonly state: string;
}

export interface Backend {
  /** What can be asked. */
  metrics(): Promise<readonly MetricDescription[]>;
  /**
   * `question` is untrusted as it stands: implement it with `ask` of metrics/respond.ts. `facts`: whether the asker may have rows
   * read where no cuboid answers.
   */
  answer(question: QuestionInput, options: { readonly facts: boolean }): Promise<Answer>;
  status(): Promise<StatusReport>;
  proof(): Promise<ProofReport>;
  ready(): Promise<Readiness>;
}
