/** Numbers as people read them. */
export interface NumberStyle {
  readonly kind: string;
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Whether values of a metric are parts of a whole, shown in per cent. */
export function isPart({ kind, format }: NumberStyle): boolean {
  return format === "percent" || (format !== "duration" && ["ratio", "share", "retention"].includes(kind));
}

/** A value with all the digits that a reader may rely on, without its unit. */
export function formatValue(value: number, style: NumberStyle): string {
  if (isPart(style)) return `${percent(value)} %`;
  if (style.format === "duration") return formatDuration(value * (unitMs[style.unit ?? ""] ?? 1));
  return Number.isInteger(value) ? whole.format(value) : fine.format(value);
}

/** Short enough for an axis or a card. */
export function formatShort(value: number, style: NumberStyle): string {
  if (isPart(style) || style.format === "duration") return formatValue(value, style);
  return Math.abs(value) < 100_000 ? formatValue(value, style) : compact.format(value);
}

function percent(value: number): string {
  const hundredfold = value * 100;
  const digits = hundredfold !== 0 && Math.abs(hundredfold) < 1 ? 2 : Math.abs(hundredfold) < 10 ? 2 : 1;
  return hundredfold.toFixed(digits);
}

/** Of the unit that a duration is counted in. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  seconds: 1_000,
  min: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hours: 3_600_000,
};

const steps = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** Milliseconds as `1.4 s`, `3.2 h`. */
function formatDuration(ms: number): string {
  for (const [size, unit] of steps) if (Math.abs(ms) >= size) return `${fine.format(ms / size)} ${unit}`;
  return `${fine.format(ms)} ms`;
}

export interface Change {
  /** `+4.2 %`, `−0.3 points`. */
  readonly text: string;
  readonly direction: "up" | "down" | "same";
}

/** Against an earlier value: relative for amounts, in percentage points for parts. undefined: nothing to compare with. */
export function changeOf(now: number | undefined, before: number | undefined, style: NumberStyle): Change | undefined {
  if (now === undefined || before === undefined) return undefined;
  if (isPart(style)) return signed((now - before) * 100, "points", 2);
  if (before === 0) return undefined;
  return signed((now / before - 1) * 100, "%", 1);
}

function signed(size: number, unit: string, digits: number): Change {
  const rounded = Number(size.toFixed(digits));
  if (rounded === 0) return { text: "no change", direction: "same" };
  const text = `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toLocaleString("en")} ${unit}`;
  return { text, direction: rounded > 0 ? "up" : "down" };
}

/** `0.8 s`, `14 s`, `3 min`: an age that a person can follow. */
export function formatAge(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}

/** `connection_time` → `Connection time`. */
export function words(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A dimension's value as text; null is the source's NULL. */
export function sayValue(value: string | null): string {
  return value ?? "none";
}
