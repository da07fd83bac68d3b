/**
 * Checks as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for whoever collects findings from many tools. A rule for each
 * service, a result for each target: what is open is an error, what is not known or shielded is a warning, the rest has passed.
 */
import { createHash } from "node:crypto";
import type { Check } from "./check.ts";
import type { Seen } from "../ladder.ts";
import { isOpen } from "../ladder.ts";

export interface SarifLog {
  readonly $schema: string;
  readonly version: "2.1.0";
  readonly runs: readonly [Run];
}

interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly Rule[] } };
  readonly invocations: readonly [{ readonly executionSuccessful: true }];
  readonly results: readonly Result[];
}

interface Rule {
  readonly id: string;
  readonly shortDescription: Text;
  readonly help: Text;
  readonly defaultConfiguration: { readonly level: "error" };
}

interface Result {
  readonly ruleId: string;
  readonly kind: "fail" | "pass";
  readonly level: "error" | "warning" | "none";
  readonly message: Text;
  readonly locations: readonly [Location];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Text {
  readonly text: string;
}

interface Location {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string; readonly kind: "resource" }];
}

export function sarifOf(checks: readonly Check[], version: string): SarifLog {
  // What is closed has no remedy of its own: another store of the service may have.
  const ordered = checks.toSorted((a, b) => Number(a.remedy !== undefined) - Number(b.remedy !== undefined));
  const rules = [...new Map(ordered.map((check) => [ruleId(check), ruleOf(check)])).values()];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "vitrine guard", version, rules } },
        invocations: [{ executionSuccessful: true }],
        results: checks.map(resultOf),
      },
    ],
  };
}

function ruleId({ target }: Check): string {
  return `readable-without-credentials/${target.split(":")[0]}`;
}

function ruleOf(check: Check): Rule {
  return {
    id: ruleId(check),
    shortDescription: { text: `${check.service} can be read without credentials.` },
    help: { text: check.remedy ?? "Nothing has to be done." },
    defaultConfiguration: { level: "error" },
  };
}

function resultOf(check: Check): Result {
  const { target, seen, evidence, rows, untested } = check;
  const why = rows.find((row) => row.seen === seen)?.because ?? "The name has no address.";
  return {
    ruleId: ruleId(check),
    ...severityOf(seen),
    message: { text: `${target}: ${seen}. ${why}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: target } },
        logicalLocations: [{ fullyQualifiedName: target, kind: "resource" }],
      },
    ],
    // The same store is the same finding tomorrow, whatever it says then.
    partialFingerprints: { "target/v1": createHash("sha256").update(target).digest("hex") },
    properties: {
      seen,
      checkedAgainst: evidence,
      untested,
      places: rows.map((row) => ({
        address: row.address,
        channel: row.channel,
        calledBy: row.calledBy,
        seen: row.seen,
        because: row.because,
        notes: row.notes,
      })),
    },
  };
}

/** What is not known has not passed. */
function severityOf(seen: Seen): Pick<Result, "kind" | "level"> {
  if (isOpen(seen)) return { kind: "fail", level: "error" };
  return seen === "closed" || seen === "auth-required" ? { kind: "pass", level: "none" } : { kind: "fail", level: "warning" };
}
