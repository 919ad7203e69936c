/** Several curves as their middle, and where half of them lie. Pure. */
import { quantile } from "../../src/run/quantile.ts";
import { indexAt, Series, type Point } from "../../src/run/series.ts";

export interface Band {
  readonly median: Series;
  readonly low: Series;
  readonly high: Series;
}

/** At the steps of the longest one; of each other its newest value there, as long as it goes on. */
export function bandOf(all: readonly Series[]): Band {
  const longest = all.reduce((a, b) => (b.length > a.length ? b : a));
  const rows = [...longest].flatMap(({ step, epoch }) => {
    const values = all.flatMap(({ steps, values: own, length }) => {
      const at = indexAt(steps, step);
      return at < 0 || (at === length - 1 && steps[at]! < step) ? [] : [own[at]!];
    });
    const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
    return [{ step, epoch, values: finite.length > 0 ? finite : [NaN] }];
  });
  const at = (share: number): Series => Series.of(rows.map(({ step, epoch, values }): Point => ({ step, epoch, value: quantile(values, share) })));
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
