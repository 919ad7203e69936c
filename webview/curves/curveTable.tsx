import { formatCount, formatNumber, plural } from "../../src/run/numbers.ts";
import { indexAt } from "../../src/run/series.ts";
import { thin } from "../../src/run/thinning.ts";
import type { CurveStore } from "./curveStore.ts";
import type { Chart } from "./groups.ts";

const tableRows = 200;

/** The table twin of a chart: the points that the chart draws, thinned out where there are very many. */
export function CurveTable({ store, chart }: { store: CurveStore; chart: Chart }) {
  const [first, last] = store.range.value;
  const across = store.across.value;
  return (
    <div class="table-scroll">
      {chart.lines.map(({ name: key, label: line, series }) => {
        const { steps, epochs, values } = series;
        const from = indexAt(steps, first - 1) + 1;
        const to = indexAt(steps, last) + 1;
        const indices = thin(steps, values, from, to, tableRows);
        const all = indices.length === to - from;
        return (
          <table class="table" key={key}>
            <caption>
              {all ? `${line}: ${plural(to - from, "point")}` : `${line}: ${indices.length} of ${plural(to - from, "point")}, peaks and dips kept`}
            </caption>
            <thead>
              <tr>
                <th scope="col">{across.title}</th>
                <th scope="col">Epoch</th>
                <th scope="col">{line}</th>
              </tr>
            </thead>
            <tbody>
              {Array.from(indices)
                .reverse()
                .map((i) => (
                  <tr key={i}>
                    <td>{across.per === 1 ? formatCount(steps[i]!) : formatNumber(steps[i]! / across.per)}</td>
                    <td>{formatCount(epochs[i]! + 1)}</td>
                    <td>{formatNumber(values[i])}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}
