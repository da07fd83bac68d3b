/** What the copy holds and what stayed behind, column by column; who could read what, as last proven; whether it is what the source says. */
import type { JSX } from "preact";
import type { Copy } from "../../api/contract.ts";
import { formatAge } from "../numbers/format.ts";
import { sayTime } from "../parts/freshness-badge.tsx";
import { Problem } from "../parts/problem.tsx";
import { Said } from "../parts/said.tsx";
import { useLive } from "../state/live.ts";

const copyMs = 5_000;

export function CopyPage(): JSX.Element {
  const { value: copy, problem } = useLive<Copy>("/v1/copy", copyMs);
  return (
    <section class="copy">
      <div class="page-head">
        <div>
          <h1>The copy</h1>
          <p class="lead">What was let out of the database, how, and what stayed where it is.</p>
        </div>
      </div>
      {problem === undefined ? null : <Problem problem={problem} />}
      {copy === undefined || problem !== undefined ? null : <Report copy={copy} />}
    </section>
  );
}

function Report({ copy }: { readonly copy: Copy }): JSX.Element {
  const columns = copy.tables.flatMap((table) => table.columns);
  const left = columns.filter(({ leaves }) => leaves !== undefined).length;
  const whole = copy.tables.filter(({ name }) => name === undefined).length;
  return (
    <>
      <dl class="facts">
        <Fact term="Columns that left" text={`${left} of ${columns.length}`} />
        <Fact term="Columns that stayed" text={String(columns.length - left)} />
        <Fact term="Tables that stayed whole" text={String(whole)} />
        <Fact term="Protected" text={`${copy.unit}, at least ${copy.k}`} />
      </dl>
      <div class="two">
        <Proof copy={copy} />
        <Verified copy={copy} />
      </div>
      <h2>Column by column</h2>
      <p class="quiet">
        This is the file <code>vitrine.yaml</code> with the definition <code>{copy.policyHash.slice(0, 8)}</code>. A column that is not in
        it stays, too.
      </p>
      {copy.tables.map((table) => (
        <Table key={table.source} table={table} />
      ))}
    </>
  );
}

function Fact({ term, text }: { readonly term: string; readonly text: string }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}

const levels: Readonly<Record<string, { readonly symbol: string; readonly word: string }>> = {
  green: { symbol: "✓", word: "refused or clean" },
  amber: { symbol: "!", word: "possible" },
  red: { symbol: "✕", word: "wrong" },
};
const kinds: Readonly<Record<string, string>> = {
  "select-and-copy": "Undeclared columns",
  "other-decoding": "Other decoding by the same credential",
  "physical-replication": "Physical replication",
  store: "The store itself",
};

function Proof({ copy }: { readonly copy: Copy }): JSX.Element {
  const at = Math.max(...copy.proof.map((line) => line.at));
  return (
    <section class="panel">
      <h2>Last proof</h2>
      {copy.proof.length === 0 ? (
        <p>
          Nothing has been proven yet. <code>vitrine prove</code> does it now.
        </p>
      ) : (
        <p class="quiet">
          {sayTime(new Date(at / 1000).toISOString())}, {formatAge(Math.max(0, Date.now() - at / 1000))} ago
        </p>
      )}
      <ul class="verdicts">
        {copy.proof.map((line) => (
          <li key={line.name} class={`verdict is-${line.level}`}>
            <span class="verdict-mark" aria-hidden="true">
              {levels[line.level]?.symbol ?? "?"}
            </span>
            <div>
              <p>
                <strong>{kinds[line.name] ?? line.name}</strong>: {line.verdict}
                <span class="unseen"> ({levels[line.level]?.word ?? line.level})</span>
              </p>
              <p class="quiet">
                <Said text={line.message} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Verified({ copy }: { readonly copy: Copy }): JSX.Element {
  const { verification } = copy;
  const differing = verification?.tables.reduce((sum, table) => sum + table.differing, 0) ?? 0;
  return (
    <section class="panel">
      <h2>Last verification</h2>
      {verification === undefined ? (
        <p>
          The copy has not been compared with the source yet. <code>vitrine verify</code> does it now.
        </p>
      ) : (
        <>
          <p class={`verdict ${differing === 0 ? "is-green" : "is-red"}`}>
            <span class="verdict-mark" aria-hidden="true">
              {differing === 0 ? "✓" : "✕"}
            </span>
            <span>
              {differing === 0
                ? "The copy is what the source says, at one exact position."
                : `${differing} ranges differ; the copy is being built anew.`}{" "}
              <span class="quiet">
                Mode {verification.mode}, {sayTime(verification.at)}, {formatAge(Math.max(0, Date.now() - Date.parse(verification.at)))}{" "}
                ago.
              </span>
            </span>
          </p>
          <ul class="plain-list">
            {verification.tables.map(({ table, rows, differing: wrong }) => (
              <li key={table}>
                {table}: {rows.toLocaleString("en")} rows{wrong > 0 ? `, ${wrong} ranges differ` : ""}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Table({ table }: { readonly table: Copy["tables"][number] }): JSX.Element {
  const left = table.columns.filter(({ leaves }) => leaves !== undefined).length;
  const text =
    table.name === undefined
      ? "stays whole"
      : `${left} of ${table.columns.length} columns left${table.rows === undefined ? "" : `, ${table.rows.toLocaleString("en")} rows`}`;
  return (
    <section class="copied">
      <h3>
        <code>{table.source}</code> <span class="quiet">{text}</span>
      </h3>
      {table.is === undefined ? null : <p class="quiet">{table.is}</p>}
      {table.columns.length === 0 ? null : (
        <div class="table-frame" role="region" aria-label={`Columns of ${table.source}`} tabIndex={0}>
          <table class="grid columns">
            <caption class="unseen">Columns of {table.source}</caption>
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">What it is</th>
                <th scope="col">In the copy</th>
              </tr>
            </thead>
            <tbody>
              {table.columns.map(({ name, is, leaves }) => (
                <tr key={name} class={leaves === undefined ? "is-staying" : undefined}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td class="is-text">{is}</td>
                  <td class="is-text">{leaves === undefined ? <span class="stays">stayed</span> : leaves}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
