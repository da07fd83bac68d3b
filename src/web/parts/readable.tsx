/** What somebody without credentials can read of a store: categories and numbers, counted by the store itself. Special categories come first. */
import type { JSX } from "preact";
import type { GuardAlarm, GuardCount, GuardReadable } from "../../api/contract.ts";
import { Said } from "./said.tsx";

const reasons: Readonly<Record<NonNullable<GuardReadable["notCounted"]>, string>> = {
  "identity-not-confirmed":
    "Identity not confirmed, so nothing was counted: it may be a stranger's store. `vitrine guard add` records what yours proves to be, while it is yours.",
  "not-offered": "What is in it is not counted for this service.",
  "no-login": "It is closed, and a login of this service is not used, so it was not looked into.",
  closed: "Nobody is let in there without a login.",
  refused: "It does not let itself be counted.",
  "no-time": "It was not asked: what was counted before it took too long.",
  "too-long": "Its description is longer than what is read, so not all of it was counted.",
  "not-understood": "Its answer is none that is known, so it was not counted.",
};

/** `about`: with the interval; `at least`: the store stopped counting. */
function countText({ value, kind, low, high }: GuardCount): string {
  const digits = (number: number): string => number.toLocaleString("en");
  if (kind === "exact") return digits(value);
  if (kind === "at-least") return `at least ${digits(value)}`;
  return `about ${digits(value)}${low === undefined || high === undefined ? "" : ` (${digits(low)} to ${digits(high)})`}`;
}

/** Of a tile: the worst three of what nobody should read there. */
export function readableShort(alarms: readonly GuardAlarm[]): readonly string[] {
  const told = alarms
    .flatMap(({ readable = [] }) => readable.flatMap(({ categories }) => categories))
    .filter(({ allowed, records }) => !allowed && records?.value !== 0)
    .toSorted((a, b) => Number(b.special) - Number(a.special));
  const shown = told
    .slice(0, shortMax)
    .map(
      ({ title, special, records }) => `${records === undefined ? "" : `${countText(records)} with `}${title}${special ? " (Art. 9)" : ""}`,
    );
  return told.length > shortMax ? [...shown, `and ${told.length - shortMax} more`] : shown;
}

const shortMax = 3;

export function Readable({ alarms }: { readonly alarms: readonly GuardAlarm[] }): JSX.Element {
  const all = alarms.flatMap(({ readable = [] }) => readable);
  if (all.length === 0) return <p class="quiet">Nothing has been counted yet: the alarm goes out first, the numbers follow.</p>;
  return (
    <>
      {all.map((one) => (
        <DataSet key={`${one.target} ${one.dataSet}`} one={one} />
      ))}
    </>
  );
}

function DataSet({ one }: { readonly one: GuardReadable }): JSX.Element {
  const { dataSet, target, records, persons, notCounted } = one;
  // The server's order stands, but nothing comes before Art. 9.
  const categories = one.categories
    .filter((category) => category.records?.value !== 0)
    .toSorted((a, b) => Number(b.special) - Number(a.special));
  return (
    <section class="data-set">
      <h4>
        <code>{dataSet}</code> <span class="quiet">at {target}</span>
      </h4>
      {records === undefined && persons === undefined ? null : (
        <p>
          {records === undefined ? null : <strong>{countText(records)} records</strong>}
          {persons === undefined ? null : (
            <span>
              {records === undefined ? "" : " of "}
              <strong>{countText(persons)} persons</strong>
            </span>
          )}
        </p>
      )}
      {notCounted === undefined ? null : (
        <p class="quiet">
          <Said text={reasons[notCounted] ?? "It was not counted."} />
        </p>
      )}
      {categories.length === 0 ? null : <Categories dataSet={dataSet} categories={categories} />}
    </section>
  );
}

function Categories({ dataSet, categories }: { readonly dataSet: string; readonly categories: GuardReadable["categories"] }): JSX.Element {
  return (
    <div class="table-frame" role="region" aria-label={`What can be read of ${dataSet}`} tabIndex={0}>
      <table class="grid columns readable">
        <caption class="unseen">What can be read of {dataSet}, by the names of fields, at least</caption>
        <thead>
          <tr>
            <th scope="col">What it is</th>
            <th scope="col">Records with it</th>
            <th scope="col">Declared</th>
          </tr>
        </thead>
        <tbody>
          {categories.map(({ category, title, special, allowed, records }) => (
            <tr key={category} class={allowed ? undefined : "is-forbidden"}>
              <th scope="row" title={category}>
                {title} {special ? <span class="art">Art. 9</span> : null}
              </th>
              <td class="is-text">{records === undefined ? <span class="quiet">not counted</span> : countText(records)}</td>
              <td class="is-text">{allowed ? "allowed here" : <strong>not allowed here</strong>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
