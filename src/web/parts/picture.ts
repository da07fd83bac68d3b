/** The chart as a picture that can stand alone: with its title, what was asked, the names of its lines, and how fresh it is. */
import type { Grid } from "../numbers/grid.ts";
import { drawnMax } from "./chart.tsx";
import { strokes } from "./strokes.ts";

export interface PictureParts {
  readonly title: string;
  readonly subtitle: string;
  readonly footer: string;
  readonly chart: HTMLCanvasElement | undefined;
  readonly grid: Grid;
}

const widthPx = 1600;
const heightPx = 900;
const marginPx = 64;

export async function drawPicture(parts: PictureParts): Promise<Blob | undefined> {
  const canvas = document.createElement("canvas");
  canvas.width = widthPx;
  canvas.height = heightPx;
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${colour("--font")}`;
  const write = (text: string, y: number, look: { readonly font: string; readonly colour: string }): void => {
    context.font = look.font;
    context.fillStyle = colour(look.colour);
    context.fillText(text, marginPx, y, widthPx - 2 * marginPx);
  };
  context.fillStyle = colour("--sheet");
  context.fillRect(0, 0, widthPx, heightPx);
  write(parts.title, 96, { font: font(44, 650), colour: "--ink" });
  write(parts.subtitle, 142, { font: font(24), colour: "--quiet" });
  if (parts.chart !== undefined) {
    const scale = Math.min((widthPx - 2 * marginPx) / parts.chart.width, 600 / parts.chart.height);
    context.drawImage(parts.chart, marginPx, 176, parts.chart.width * scale, parts.chart.height * scale);
  }
  drawNames({ context, colour, font, grid: parts.grid });
  write(parts.footer, heightPx - 36, { font: font(20), colour: "--quiet" });
  const { promise, resolve } = Promise.withResolvers<Blob | null>();
  canvas.toBlob(resolve, "image/png");
  return (await promise) ?? undefined;
}

function drawNames(parts: {
  readonly context: CanvasRenderingContext2D;
  readonly colour: (name: string) => string;
  readonly font: (size: number) => string;
  readonly grid: Grid;
}): void {
  const { context, colour, font, grid } = parts;
  if (grid.columns.length < 2) return;
  context.font = font(22);
  let x = marginPx;
  for (const [index, { label }] of grid.columns.slice(0, drawnMax).entries()) {
    const stroke = strokes[index];
    if (stroke === undefined) continue;
    context.strokeStyle = colour(stroke.colour);
    context.lineWidth = 4;
    context.setLineDash([...stroke.dash]);
    context.beginPath();
    context.moveTo(x, heightPx - 86);
    context.lineTo(x + 44, heightPx - 86);
    context.stroke();
    context.fillStyle = colour("--ink");
    context.fillText(label, x + 54, heightPx - 79);
    x += 54 + context.measureText(label).width + 36;
  }
}
