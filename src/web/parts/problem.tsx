/** A refusal: what was wrong, and what can be asked instead. The server's own sentences. */
import type { JSX } from "preact";
import type { ProblemReport } from "../../api/contract.ts";

export function Problem({ problem }: { readonly problem: ProblemReport }): JSX.Element {
  return (
    <section class="problem" role="alert">
      <p class="problem-head">{problem.detail || problem.title}</p>
      {problem.remedy ? <p>{problem.remedy}</p> : null}
      <p class="quiet">
        <code>{problem.code}</code>
      </p>
    </section>
  );
}
