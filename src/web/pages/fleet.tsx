/** What the fleet runs: each metric that shares entities out over a dimension, such as devices over firmware. */
import type { JSX } from "preact";
import type { Answer, Metric } from "../numbers/answers.ts";
import { addressOf } from "../numbers/answers.ts";
import { Filters } from "../parts/filters.tsx";
import { NotAllowed } from "../parts/not-allowed.tsx";
import { mayAsk } from "../state/allowed.ts";
import { Link } from "../parts/link.tsx";
import { Problem } from "../parts/problem.tsx";
import { StateTable } from "../parts/state-table.tsx";
import { useLive } from "../state/live.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { overview } from "../state/view.ts";
import { questionOf } from "./metric.tsx";
import { Withheld } from "./overview.tsx";

const shareMs = 2_000;

export function FleetPage({
  metrics,
  view,
  show,
}: {
  readonly metrics: readonly Metric[];
  readonly view: View;
  readonly show: Show;
}): JSX.Element {
  const shares = metrics.filter(({ kind }) => kind === "share");
  return (
    <section class="fleet">
      <div class="page-head">
        <h1>Fleet</h1>
      </div>
      {shares.length === 0 ? (
        <p class="empty">
          No metric of kind <code>share</code> is declared, so there is nothing to show of how things are now.
        </p>
      ) : null}
      {shares.map((metric) => (
        <Share key={metric.name} metric={metric} view={view} show={show} />
      ))}
    </section>
  );
}

function Share({ metric, view, show }: { readonly metric: Metric; readonly view: View; readonly show: Show }): JSX.Element {
  const asked = questionOf(metric, { ...view, by: [] }, undefined);
  const isAllowed = mayAsk(metric, "all", Object.keys(asked.where ?? {}));
  const { value: answer, problem, pending } = useLive<Answer>(isAllowed ? addressOf(asked) : undefined, shareMs);
  return (
    <section class="share" aria-busy={pending}>
      <h2>
        <Link to={{ ...overview, page: "metric", metric: metric.name }}>{metric.title}</Link>
      </h2>
      <p class="lead">{metric.description}</p>
      <form class="controls" aria-label={`Filters of ${metric.title}`} onSubmit={(event) => event.preventDefault()}>
        <Filters metric={metric} view={{ ...view, by: [] }} grain={undefined} answer={answer} show={show} />
      </form>
      {isAllowed ? null : <NotAllowed metric={metric} view={{ ...view, page: "metric", metric: metric.name }} />}
      {problem === undefined ? null : <Problem problem={problem} />}
      {answer === undefined || problem !== undefined ? null : <StateTable metric={metric} answer={answer} />}
      <p>
        <Withheld answer={answer} />
      </p>
    </section>
  );
}
