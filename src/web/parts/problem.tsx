/** A refusal: what was wrong, and what can be asked instead. The server's own sentences. */
import type { JSX } from "preact";
import type { ProblemReport } from "../../api/contract.ts";
import { Said } from "./said.tsx";

export function Problem({ problem }: { readonly problem: ProblemReport }): JSX.Element {
  return (
    <section class="problem" role="alert">
      <p class="problem-head">
        <Said text={problem.detail || problem.title} />
      </p>
      {problem.remedy ? (
        <p>
          <Said text={problem.remedy} />
        </p>
      ) : null}
      <p class="quiet">
        <code>{problem.code}</code>
      </p>
    </section>
  );
}
