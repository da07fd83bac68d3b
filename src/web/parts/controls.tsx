/** What is asked: period length, range, split, filters, comparison, marks. Ordinary form elements; each change is a step in the history. */
import type { JSX } from "preact";
import type { Answer, Metric } from "../numbers/answers.ts";
import { words } from "../numbers/format.ts";
import type { Grain } from "../numbers/periods.ts";
import { grainNamed, labelOf, later, timeOf } from "../numbers/periods.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { mayAsk, mayCompare, namesOf } from "../state/allowed.ts";
import { Filters } from "./filters.tsx";
import { Segments } from "./segments.tsx";

export interface ControlsProps {
  readonly metric: Metric;
  readonly view: View;
  readonly grain: Grain | undefined;
  readonly answer: Answer | undefined;
  readonly show: Show;
}

const splitMax = 3;

export function Controls(props: ControlsProps): JSX.Element {
  const { metric, view, grain, show } = props;
  const grains = (["hour", "day", "week", "month"] as const).filter(
    (one) => metric.grains.includes(one) && (one === grain || mayAsk(metric, one, namesOf(view))),
  );
  return (
    <form class="controls" aria-label="What is asked" onSubmit={(event) => event.preventDefault()}>
      {grain === undefined ? null : (
        <Segments
          legend="By"
          name="grain"
          options={grains.map((value) => ({ value, title: words(value) }))}
          value={grain}
          // A range is of its grain: the new one begins with its own.
          onChange={(value) => show({ ...view, grain: grainNamed(value), range: undefined, from: undefined, to: undefined })}
        />
      )}
      {grain === undefined ? null : <RangeChoice {...props} grain={grain} />}
      <SplitChoice {...props} />
      <Filters {...props} />
      {grain === undefined || metric.kind === "retention" ? null : <Extras {...props} />}
    </form>
  );
}

const presets: Readonly<Record<Grain, readonly string[]>> = {
  hour: ["last 24 hours", "last 48 hours", "last 7 days"],
  day: ["last 7 days", "last 30 days", "last 90 days", "last 180 days", "last 365 days", "this month", "this year"],
  week: ["last 12 weeks", "last 26 weeks", "last 52 weeks", "this year"],
  month: ["last 12 months", "last 24 months", "this year"],
};
const usual: Readonly<Record<Grain, string>> = {
  hour: "last 48 hours",
  day: "last 30 days",
  week: "last 12 weeks",
  month: "last 12 months",
};

function RangeChoice({ view, grain, answer, show }: ControlsProps & { readonly grain: Grain }): JSX.Element {
  const own = view.from !== undefined;
  const value = own ? "own" : (view.range ?? usual[grain]);
  const options = presets[grain].includes(value) || own ? presets[grain] : [value, ...presets[grain]];
  const take = (chosen: string): void => {
    if (chosen !== "own") show({ ...view, range: chosen === usual[grain] ? undefined : chosen, from: undefined, to: undefined });
    else show({ ...view, range: undefined, from: answer?.question.from.slice(0, 10), to: answer?.question.to.slice(0, 10) });
  };
  return (
    <div class="field">
      <label>
        <span class="label">Range</span>
        <select name="range" value={value} onChange={(event) => take(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option} value={option}>
              {words(option)}
            </option>
          ))}
          <option value="own">From … to …</option>
        </select>
      </label>
      {own ? <OwnRange view={view} grain={grain} show={show} /> : null}
    </div>
  );
}

const dayMs = 86_400_000;

/** People name the last day; the grammar names the one after it. Both ends move out to borders of the grain. */
function OwnRange({ view, grain, show }: { readonly view: View; readonly grain: Grain; readonly show: Show }): JSX.Element {
  const unit = grain === "hour" ? "day" : grain;
  const begin = (date: string): string => new Date(timeOf(labelOf(timeOf(date), unit))).toISOString().slice(0, 10);
  const end = (date: string): string => new Date(later(timeOf(labelOf(timeOf(date), unit)), unit, 1)).toISOString().slice(0, 10);
  const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);
  const last = view.to === undefined ? "" : new Date(timeOf(view.to) - dayMs).toISOString().slice(0, 10);
  return (
    <span class="own-range">
      <label>
        <span class="label">First day</span>
        <input
          type="date"
          name="from"
          value={view.from}
          onChange={({ currentTarget: { value } }) => isDate(value) && show({ ...view, from: begin(value) })}
        />
      </label>
      <label>
        <span class="label">Last day</span>
        <input
          type="date"
          name="to"
          value={last}
          onChange={({ currentTarget: { value } }) => isDate(value) && show({ ...view, to: end(value) })}
        />
      </label>
    </span>
  );
}

function SplitChoice({ metric, view, grain, show }: ControlsProps): JSX.Element | null {
  const dimensions = metric.dimensions.filter(
    ({ name }) =>
      name !== metric.of &&
      name !== "day" &&
      (view.by.includes(name) || view.where[name] !== undefined || mayAsk(metric, grain ?? "all", [...namesOf(view), name])),
  );
  if (dimensions.length === 0) return null;
  const toggle = (name: string): void =>
    show({ ...view, by: view.by.includes(name) ? view.by.filter((one) => one !== name) : [...view.by, name] });
  return (
    <fieldset class="chips">
      <legend>Split by</legend>
      <div class="chips-row">
        {dimensions.map(({ name }) => (
          <label key={name} class="chip-choice">
            <input
              type="checkbox"
              name="by"
              value={name}
              checked={view.by.includes(name)}
              disabled={!view.by.includes(name) && view.by.length >= splitMax}
              onChange={() => toggle(name)}
            />
            <span>{words(name)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Extras({ metric, view, grain, show }: ControlsProps): JSX.Element {
  const isSplit = view.by.length > 0;
  const marked = metric.dimensions.filter(({ name }) => name === view.mark || mayAsk(metric, grain ?? "all", [name]));
  return (
    <div class="extras">
      {mayCompare(metric) ? (
        <label class="check">
          <input
            type="checkbox"
            name="compare"
            checked={view.compare}
            disabled={isSplit}
            onChange={() => show({ ...view, compare: !view.compare })}
          />
          <span>Compare with the time before</span>
        </label>
      ) : null}
      {marked.length === 0 ? null : (
        <label>
          <span class="label">Mark what is new in</span>
          <select
            name="mark"
            value={view.mark ?? ""}
            onChange={({ currentTarget: { value } }) => show({ ...view, mark: value === "" ? undefined : value })}
          >
            <option value="">nothing</option>
            {marked.map(({ name }) => (
              <option key={name} value={name}>
                {words(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
