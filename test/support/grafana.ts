/** What examples/grafana provisions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tree.ts";

interface Panel {
  readonly title: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly {
    readonly url: string;
    readonly type: string;
    readonly columns: readonly { readonly selector: string }[];
  }[];
}

export const grafanaFolder = join(root, "examples/grafana/provisioning");

const file = readFileSync(join(grafanaFolder, "dashboards/smart-home.json"), "utf8");
export const panels = (JSON.parse(file) as { readonly panels: readonly Panel[] }).panels;
export const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ title: panel.title, ...target })));

/** As Grafana fills a URL in, with the last 30 days. */
export function filled(url: string, now = new Date()): string {
  const day = (back: number): string => new Date(now.getTime() - back * 86_400_000).toISOString().slice(0, 10);
  const text = url.replaceAll("${__from:date:YYYY-MM-DD}", day(30)).replaceAll("${__to:date:YYYY-MM-DD}", day(0));
  if (text.includes("$")) throw new Error("a variable that is not known");
  return text;
}
