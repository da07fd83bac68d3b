/** Filters: for each dimension the values that may be named. Only values can be asked for; leaving some out cannot. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Metric } from "../numbers/answers.ts";
import { addressOf } from "../numbers/answers.ts";
import { words } from "../numbers/format.ts";
import { longestBy, mayAsk, namesOf } from "../state/allowed.ts";
import { useLive } from "../state/live.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { withFilter } from "../state/view.ts";

interface FiltersProps {
  readonly metric: Metric;
  readonly view: View;
  /** undefined: the state now. */
  readonly grain: string | undefined;
  readonly answer: Answer | undefined;
  readonly show: Show;
}

export function Filters(props: FiltersProps): JSX.Element | null {
  const { metric, view, grain = "all" } = props;
  const dimensions = metric.dimensions.filter(
    ({ name }) => name !== "day" && (view.where[name] !== undefined || mayAsk(metric, grain, [...new Set([...namesOf(view), name])])),
  );
  if (dimensions.length === 0) return null;
  return (
    <div class="filters" role="group" aria-label="Filters">
      <span class="label">Only</span>
      <div class="chips-row">
        {dimensions.map((dimension) => (
          <Filter key={dimension.name} {...props} name={dimension.name} values={dimension.values} />
        ))}
      </div>
    </div>
  );
}

function Filter({
  metric,
  view,
  show,
  name,
  values,
}: FiltersProps & { readonly name: string; readonly values: readonly string[] | undefined }): JSX.Element {
  const [open, setOpen] = useState(false);
  const chosen = view.where[name] ?? [];
  const found = useFoundValues(metric, name, values === undefined && open);
  const offered = [...new Set([...(values ?? found), ...chosen])];
  const toggle = (value: string): void =>
    show(withFilter(view, name, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]));
  const text = chosen.length === 0 ? "any" : chosen.length === 1 ? chosen[0] : `${chosen.length} values`;
  return (
    <details
      class="filter"
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => {
        // The element knows before we do: it tells by an event of its own, later.
        if (event.key !== "Escape" || !event.currentTarget.open) return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector("summary")?.focus();
      }}
    >
      <summary>
        {words(name)}: <strong>{text}</strong>
      </summary>
      <fieldset class="filter-values">
        <legend class="unseen">{words(name)}</legend>
        {offered.length === 0 ? <p class="quiet">No value is known yet.</p> : null}
        {offered.map((value) => (
          <label key={value} class="check">
            <input type="checkbox" name={`where.${name}`} value={value} checked={chosen.includes(value)} onChange={() => toggle(value)} />
            <span>{value}</span>
          </label>
        ))}
        {chosen.length > 0 ? (
          <button type="button" class="plain" onClick={() => show(withFilter(view, name, []))}>
            Any {words(name).toLowerCase()}
          </button>
        ) : null}
      </fieldset>
    </details>
  );
}

/** Where the policy has no list: the values of the longest periods that may be asked, for there the fewest are withheld. */
function useFoundValues(metric: Metric, name: string, wanted: boolean): readonly string[] {
  const question = { metric: metric.name, grain: longestBy(metric, name), by: [name] };
  const answer = useLive<Answer>(wanted ? addressOf(question) : undefined, 60_000).value;
  const values = (answer?.cells ?? []).flatMap(({ by }) => (typeof by[name] === "string" ? [by[name]] : []));
  return [...new Set(values)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
