/** How series are told apart: by colour, by the pattern of the line and by the shape at its points, so that each of them alone would do. */
export interface Stroke {
  /** Custom property of the style sheet that holds the colour. */
  readonly colour: string;
  readonly dash: readonly number[];
}

export const strokes: readonly Stroke[] = [
  { colour: "--series-1", dash: [] },
  { colour: "--series-2", dash: [8, 4] },
  { colour: "--series-3", dash: [2, 3] },
  { colour: "--series-4", dash: [12, 3, 2, 3] },
  { colour: "--series-5", dash: [5, 2] },
  { colour: "--series-6", dash: [1, 4] },
];

export const before: Stroke = { colour: "--quiet", dash: [4, 4] };
