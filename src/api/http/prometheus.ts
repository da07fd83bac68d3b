/** Our own health as Prometheus text: ages, sizes and counts of trouble. No business number: a scraped live count gives people away. */
import type { GenerationReport, StatusReport } from "../../metrics/status-report.ts";

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** `nowMs`: milliseconds since 1970. What is not known is NaN and never 0. */
export function prometheusText(report: StatusReport, nowMs: number): string {
  return familiesText(families(report, nowMs));
}

export function familiesText(all: readonly Family[]): string {
  return all
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples.map((sample) => line(name, sample))].join("\n"),
    )
    .join("\n")
    .concat("\n");
}

function families(report: StatusReport, nowMs: number): readonly Family[] {
  const each = (pick: (generation: GenerationReport) => number): Sample[] =>
    report.generations.map((one) => ({ labels: { generation: one.generation }, value: pick(one) }));
  const many = <T>(pick: (generation: GenerationReport) => readonly T[], sample: (item: T) => Sample): Sample[] =>
    report.generations.flatMap((one) =>
      pick(one).map((item) => ({ ...sample(item), labels: { generation: one.generation, ...sample(item).labels } })),
    );
  const age = (at: string | undefined): number => (at === undefined ? Number.NaN : Math.max(0, nowMs - Date.parse(at)) / 1000);
  return [
    { name: "vitrine_up", help: "1 while the server answers.", samples: [{ labels: { version: report.version }, value: 1 }] },
    {
      name: "vitrine_serving_generation",
      help: "Generation that answers; NaN before the first.",
      samples: [{ labels: {}, value: report.serving ?? Number.NaN }],
    },
    { name: "vitrine_ready", help: "1 when the generation's phase is ready.", samples: each((one) => (one.phase === "ready" ? 1 : 0)) },
    {
      name: "vitrine_lag_seconds",
      help: "Age of the last proven heartbeat; NaN while none is.",
      samples: each((one) => age(one.proven?.at)),
    },
    {
      name: "vitrine_applied_age_seconds",
      help: "Age of the last applied commit; grows while the source is idle.",
      samples: each((one) => age(one.applied?.at)),
    },
    {
      name: "vitrine_rows",
      help: "Rows in the store by table.",
      samples: many(
        (one) => Object.entries(one.rows),
        ([table, rows]) => ({ labels: { table }, value: rows }),
      ),
    },
    { name: "vitrine_store_bytes", help: "Size of the store.", samples: each((one) => one.bytes) },
    {
      name: "vitrine_untrusted",
      help: "1 for each table whose numbers are not to be trusted, by reason.",
      samples: many(
        (one) => one.untrusted,
        ({ table, reason }) => ({ labels: { table, reason }, value: 1 }),
      ),
    },
    {
      name: "vitrine_values_other",
      help: "Values that a rule did not allow.",
      samples: many(
        (one) => one.trouble,
        ({ table, column, other }) => ({ labels: { table, column }, value: other }),
      ),
    },
    {
      name: "vitrine_values_degraded",
      help: "Values that the store cannot hold.",
      samples: many(
        (one) => one.trouble,
        ({ table, column, degraded }) => ({ labels: { table, column }, value: degraded }),
      ),
    },
    {
      name: "vitrine_slot_retained_bytes",
      help: "Write-ahead log that the slot keeps on the source.",
      samples: report.readers.flatMap(({ generation, slot }) =>
        slot === undefined ? [] : [{ labels: { generation }, value: slot.retainedBytes }],
      ),
    },
  ];
}

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([key, text]) => `${key}="${String(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${Number.isNaN(value) ? "NaN" : value}`;
}
