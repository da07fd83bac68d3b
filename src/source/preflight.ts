/**
 * Preflight: what would hurt, before anything is created and at every start. Pure: a catalog and a wish in, findings out. Names,
 * numbers and commands only.
 */
import type { Catalog } from "./catalog.ts";
import type { Finding, FindingClass, PreflightWish } from "./preflight/finding.ts";
import { connectionFindings, publicationFindings } from "./preflight/publication.ts";
import { roleFindings } from "./preflight/role.ts";
import { serverFindings } from "./preflight/server.ts";
import { tableFindings } from "./preflight/tables.ts";

export type { Finding, PreflightWish } from "./preflight/finding.ts";

/** All findings, the worst class first. The mirror may start when none of them is `blocking`. */
export function preflight(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const findings = [
    ...serverFindings(catalog, wish),
    ...wish.tables.flatMap((table) => tableFindings(catalog, wish, table)),
    ...roleFindings(catalog, wish),
    ...publicationFindings(catalog, wish),
    ...connectionFindings(wish),
  ];
  return findings.toSorted((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class));
}

const classes: readonly FindingClass[] = ["breaks-production-writes", "cannot-work", "risks-disk", "weakens-privacy"];
