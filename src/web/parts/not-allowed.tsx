/** In place of numbers that this person may not ask for: what can be asked instead, a step away. */
import type { JSX } from "preact";
import type { Metric } from "../numbers/answers.ts";
import { words } from "../numbers/format.ts";
import { viewsOf } from "../state/allowed.ts";
import type { View } from "../state/view.ts";
import { overview } from "../state/view.ts";
import { Link } from "./link.tsx";

export function NotAllowed({ metric, view }: { readonly metric: Metric; readonly view: View }): JSX.Element {
  const views = viewsOf(metric, view);
  const instead = metric.told?.instead;
  return (
    <section class="problem" role="alert">
      <p class="problem-head">
        {views.length === 0 && !metric.told?.splits.length
          ? "This is told to analysts with a reason alone: in parts or against other numbers it would give small groups away."
          : "This view is not told without a reason: nearly all of it would be small groups, or give them away."}
      </p>
      {instead === undefined ? null : (
        <p>
          It counts some of the rows of another metric: <Link to={{ ...overview, page: "metric", metric: instead }}>{words(instead)}</Link>.
        </p>
      )}
      {views.length === 0 ? null : (
        <>
          <p>What can be asked:</p>
          <ul>
            {views.map((one) => (
              <li key={`${one.grain} ${one.by.join()}`}>
                <Link to={one}>{`by ${[one.grain, ...one.by.map((name) => words(name).toLowerCase())].join(" and ")}`}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
