/** When the tests kill a training, in milliseconds after its first step: a few moments, or `KINDLING_KILLS` at random between 50 and 1,500. */
export function killMoments(few: readonly number[]): readonly number[] {
  const wanted = Number(process.env["KINDLING_KILLS"] ?? 0);
  return wanted > 0 ? Array.from({ length: wanted }, () => 50 + 1_450 * Math.random()) : few;
}

/** For a test that does so. */
export const killTimeout = 60_000 + 15_000 * Number(process.env["KINDLING_KILLS"] ?? 0);
