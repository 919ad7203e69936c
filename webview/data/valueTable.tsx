/** A picture's table twin. */
import { formatNumber } from "../../src/run/numbers.ts";
import type { Tile } from "../charts/pixelCanvas.tsx";

/** More rows and columns than this nobody reads. */
const most = 64;

export function ValueTable({ name, tile }: { name: string; tile: Tile }) {
  const { values, height, width } = tile;
  const rows = Array.from({ length: Math.min(height, most) }, (_, i) => i);
  const columns = Array.from({ length: Math.min(width, most) }, (_, i) => i);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={name}>
      <table class="table" data-testid="value-table">
        <thead>
          <tr>
            <th scope="col">Row</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {columns.map((column) => (
                <td key={column} data-value={values[row * width + column]}>
                  {formatNumber(values[row * width + column], 3)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {(height > most || width > most) && (
        <p class="muted">
          The first {Math.min(height, most)} rows and {Math.min(width, most)} columns.
        </p>
      )}
    </div>
  );
}
