/** The guard as Prometheus text. What nobody knows now is NaN, and never 0: a rule that asks for 0 must not hold for it. */
import type { GuardAlarms, GuardAssets } from "../contract.ts";
import type { Family } from "./prometheus.ts";
import { familiesText } from "./prometheus.ts";

interface Guarded extends GuardAssets, GuardAlarms {
  readonly waiting: Readonly<Record<string, number>>;
}

const severities = ["page", "warning", "info"] as const;

/** `nowMs`: milliseconds since 1970. Empty where nothing is declared. */
export function guardText({ watch, assets, alarms, waiting }: Guarded, nowMs: number): string {
  if (assets.length === 0) return "";
  const sights = assets.flatMap(({ name, vantages }) => vantages.map((one) => ({ ...one, labels: { asset: name, vantage: one.vantage } })));
  const families: readonly Family[] = [
    {
      name: "vitrine_guard_watching",
      help: "1 while somebody watches.",
      samples: [{ labels: {}, value: watch.state === "watching" ? 1 : 0 }],
    },
    {
      name: "vitrine_guard_asset_deviates",
      help: "1 where a store is not as it is expected, 0 where it is; NaN where nobody knows now.",
      samples: sights.map(({ labels, judged, stale }) => {
        const value = stale || judged === "unknown" ? Number.NaN : judged === "deviation" ? 1 : 0;
        return { labels, value };
      }),
    },
    {
      name: "vitrine_guard_last_check_seconds",
      help: "Age of the last check; NaN while there was none.",
      samples: sights.map(({ labels, at }) => ({
        labels,
        value: at === undefined ? Number.NaN : Math.max(0, nowMs - Date.parse(at)) / 1000,
      })),
    },
    {
      name: "vitrine_guard_alarms_open",
      help: "Alarms that stand.",
      samples: severities.map((severity) => ({
        labels: { severity },
        value: alarms.filter((one) => one.severity === severity && one.overAt === undefined).length,
      })),
    },
    {
      name: "vitrine_guard_deliveries_waiting",
      help: "Messages that were not delivered yet, by way out.",
      samples: Object.entries(waiting).map(([channel, value]) => ({ labels: { channel }, value })),
    },
  ];
  return familiesText(families);
}
