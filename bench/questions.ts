/** The design's twelve questions, each with values drawn anew for every request. */

export interface Draw {
  /** A whole number from `from` to `to`, both included. */
  readonly between: (from: number, to: number) => number;
  readonly model: () => string;
  readonly country: () => string;
}

export interface Question {
  readonly name: string;
  /** Paths below /v1/metrics/, asked one after the other; the time is of them all. */
  readonly paths: (draw: Draw) => readonly string[];
}

/** About so many periods: never twice the same request in a row. */
const last = (draw: Draw, count: number, unit: string): string =>
  `range=${encodeURIComponent(`last ${draw.between(Math.ceil(count * 0.8), count)} ${unit}`)}`;

const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

export const questions: readonly Question[] = [
  { name: "1 activations per day, 365 days", paths: (draw) => [`activations?grain=day&${last(draw, 365, "days")}`] },
  { name: "2 activations per week by model", paths: (draw) => [`activations?grain=week&by=model&${last(draw, 52, "weeks")}`] },
  { name: "3 activations per month by country", paths: (draw) => [`activations?grain=month&by=country&${last(draw, 12, "months")}`] },
  { name: "4 failure rate per hour, 48 hours", paths: (draw) => [`failed_connection_rate?grain=hour&${last(draw, 48, "hours")}`] },
  {
    name: "5 failure rate per day by model, 30 days",
    paths: (draw) => [`failed_connection_rate?grain=day&by=model&${last(draw, 30, "days")}`],
  },
  {
    name: "6 failure rate per day by firmware, 90 days",
    paths: (draw) => [`failed_connection_rate?grain=day&by=firmware&${last(draw, 90, "days")}`],
  },
  {
    name: "7 failure rate per week by model and firmware, 12 weeks",
    paths: (draw) => [`failed_connection_rate?grain=week&by=model,firmware&${last(draw, 12, "weeks")}`],
  },
  {
    name: "8 top 10 countries, 30 days against the 30 before",
    paths: (draw) => {
      const end = draw.between(0, 20);
      return [`failed_connection_rate?grain=all&by=country&top=10&compare=previous&from=${day(end + 30)}&to=${day(end)}`];
    },
  },
  {
    name: "9 one model in one country, daily, 180 days",
    paths: (draw) => [
      `failed_connection_rate?grain=day&where.model=${draw.model()}&where.country=${draw.country()}&${last(draw, 180, "days")}`,
    ],
  },
  {
    name: "10 active devices, one number over 90 days",
    paths: (draw) => {
      const end = draw.between(0, 20);
      return [`active_devices?grain=all&from=${day(end + 90)}&to=${day(end)}`];
    },
  },
  {
    name: "11 share of the fleet by firmware",
    paths: (draw) => [`fleet_by_firmware${draw.between(0, 1) === 0 ? "" : `?where.model=${draw.model()}`}`],
  },
  { name: "12 retention, 12 cohorts", paths: (draw) => [`retention?grain=week&${last(draw, 12, "weeks")}`] },
];
