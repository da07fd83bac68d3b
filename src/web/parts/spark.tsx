/** A small line: decoration of numbers that stand beside it as text. The part that is not over yet is dashed. */
import type { JSX } from "preact";

const width = 320;
const height = 72;
const pad = 4;

export function Spark({ values, running }: { readonly values: readonly (number | undefined)[]; readonly running: boolean }): JSX.Element {
  const known = values.filter((value) => value !== undefined);
  const top = Math.max(...known, 0) || 1;
  const x = (index: number): number => pad + (index * (width - 2 * pad)) / Math.max(1, values.length - 1);
  const y = (value: number): number => height - pad - (value * (height - 2 * pad)) / top;
  const points = values.flatMap((value, index) => (value === undefined ? [] : [{ x: x(index), y: y(value) }]));
  const solid = running ? points.slice(0, -1) : points;
  const lastSolid = solid.at(-1);
  const last = points.at(-1);
  const line = solid.map((point, index) => `${index === 0 ? "M" : "L"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join("");
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {lastSolid && solid[0] ? (
        <path class="spark-area" d={`${line}L${lastSolid.x.toFixed(1)} ${height}L${solid[0].x.toFixed(1)} ${height}Z`} />
      ) : null}
      <path class="spark-line" d={line} vector-effect="non-scaling-stroke" />
      {running && last && lastSolid ? (
        <path
          class="spark-running"
          d={`M${lastSolid.x.toFixed(1)} ${lastSolid.y.toFixed(1)}L${last.x.toFixed(1)} ${last.y.toFixed(1)}`}
          vector-effect="non-scaling-stroke"
        />
      ) : null}
    </svg>
  );
}
