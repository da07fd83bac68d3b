/** Tables, bars and small lines for the terminal. Pure: texts in, text out. Nothing that came from elsewhere can move the cursor. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly amber: (text: string) => string;
  readonly red: (text: string) => string;
  readonly blue: (text: string) => string;
}

export function paint(hasColour: boolean): Paint {
  const wrap = (code: number) => (text: string) => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: wrap(1), dim: wrap(2), green: wrap(32), amber: wrap(33), red: wrap(31), blue: wrap(36) };
}

/** Control characters become spaces: a dimension's value is text from a database. */
export function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ");
}

/** Columns as wide as their longest text; numbers (which begin with a digit or sign) to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(width(title), ...rows.map((row) => width(row[i] ?? ""))));
  const isNumber = head.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^[-+]?[\d.,%<>–* ]*(pt|ms|s|min|h|d)?$/.test(plain(row[i] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
        return isNumber[i] === true ? space + cell : cell + space;
      })
      .join("  ")
      .trimEnd();
  return `${[line(head), line(widths.map((one) => "─".repeat(one))), ...rows.map(line)].join("\n")}\n`;
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- our own colours are taken out again
  return text.replaceAll(/\u001b\[\d+m/g, "");
}

function width(text: string): number {
  return Array.from(plain(text)).length;
}

/** A line cut to `cells` characters, colours kept: one that wraps would push a live view out of its place. */
export function clip(line: string, cells: number): string {
  if (width(line) <= cells) return line;
  let left = Math.max(0, cells - 1);
  // eslint-disable-next-line no-control-regex -- our own colours stand between the texts
  const parts = line.split(/(\u001b\[\d+m)/).map((part) => {
    if (part.startsWith("\u001b")) return part;
    const kept = Array.from(part).slice(0, left);
    left -= kept.length;
    return kept.join("");
  });
  return `${parts.join("")}…`;
}

/** A bar of up to `cells` character cells, in eighths. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0)) * cells * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "");
}

/** One character a value, from the smallest (0) to the largest. */
export function spark(values: readonly number[]): string {
  const most = Math.max(...values, 0);
  return values.map((value) => "▁▂▃▄▅▆▇█"[most === 0 ? 0 : Math.min(7, Math.floor((value / most) * 7.999))] ?? " ").join("");
}

export function integer(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** A whole number, or one with up to three decimals. */
export function decimal(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
  return `${(value / 2 ** (10 * step)).toFixed(step === 0 ? 0 : 1)} ${units[step] ?? "B"}`;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toLocaleString("en", { maximumFractionDigits: 1 })} d`;
}
