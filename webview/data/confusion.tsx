/** What came out over a pass over the data: which class was taken for which, how many of each are right, and the worst samples. */
import { useMemo } from "preact/hooks";
import type { Tally, WorstSample } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { PixelCanvas } from "../charts/pixelCanvas.tsx";
import { imageScale, signedScale } from "../charts/pixels.ts";
import { colour } from "../charts/theme.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import type { Store } from "../store.ts";
import { exportConfusion, rowOf, sumOf } from "./confusionExport.ts";
import type { Following } from "./following.ts";
import { pictureTile } from "./strip.tsx";
import { answerText, tallyText } from "./words.ts";

interface Props {
  run: RunSnapshot;
  following: Following;
}

/** Evaluation first: it tells more. */
function talliesOf({ following }: Pick<Props, "following">): readonly Tally[] {
  const tallies = following.followed.value?.tallies ?? [];
  return tallies.toSorted((a, b) => a.pass.localeCompare(b.pass));
}

const nothing = "Nothing was counted yet. It is as soon as a loss of nn.functional, or of nn, is computed from what the model returns.";

export function Confusion({ store, run, following }: Props & { store: Store }) {
  const tallies = talliesOf({ following });
  if (tallies.length === 0) return <p class="hint data-empty">{nothing}</p>;
  return (
    <div class="data-scroll">
      {tallies.map((tally) => {
        const { confusion } = tally;
        const title = tallyText(tally, run);
        return (
          <section key={tally.pass} aria-label={title} data-testid={`tally-${tally.pass}`}>
            <div class="tally-head">
              <h3>{title}</h3>
              {confusion && (
                <ExportMenu
                  store={store}
                  title={`the confusion matrix of ${tally.pass}`}
                  exportable={() =>
                    exportConfusion({ run: store.runName, title, tally, confusion, colour, fontFamily: getComputedStyle(document.body).fontFamily })
                  }
                />
              )}
            </div>
            {confusion ? <Matrix tally={tally} confusion={confusion} /> : <p class="hint">{whyNone(tally)}</p>}
          </section>
        );
      })}
    </div>
  );
}

function whyNone({ meaning }: Tally): string {
  return meaning === "values" ? "The loss compares values: nothing is right or wrong." : "There are too many classes for a table.";
}

/** Rows are labels, columns what the model says; each cell has its number and a shade of its share of the row. */
function Matrix({ tally, confusion }: { tally: Tally; confusion: NonNullable<Tally["confusion"]> }) {
  const { classes, counts } = confusion;
  const all = Array.from({ length: classes }, (_, i) => i);
  const name = (label: number) => answerText(tally.meaning, label);
  return (
    <div class="matrix-scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="matrix" data-testid="matrix">
        <thead>
          <tr>
            <th scope="col">label ↓ said →</th>
            {all.map((said) => (
              <th key={said} scope="col">
                {name(said)}
              </th>
            ))}
            <th scope="col">right</th>
          </tr>
        </thead>
        <tbody>
          {all.map((label) => {
            const row = rowOf(counts, classes, label);
            const sum = sumOf(row);
            return (
              <tr key={label}>
                <th scope="row">{name(label)}</th>
                {row.map((count, said) => (
                  <td
                    key={said}
                    class={said === label ? "diagonal" : ""}
                    style={{ "--share": sum > 0 ? count / sum : 0 }}
                    title={`${formatCount(count)} of ${formatCount(sum)} with label ${name(label)}: the model says ${name(said)}`}
                    data-testid="cell"
                    data-count={count}
                  >
                    {count === 0 ? "" : formatCount(count)}
                  </td>
                ))}
                <td class="number" data-testid="class-accuracy">
                  {sum === 0 ? "–" : formatPercent(row[label]! / sum)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export function Worst({ run, following }: Props) {
  const tallies = talliesOf({ following }).filter(({ worst }) => worst.length > 0);
  if (tallies.length === 0) return <p class="hint data-empty">{nothing}</p>;
  return (
    <div class="data-scroll">
      {tallies.map((tally) => (
        <section key={tally.pass}>
          <h3>{tallyText(tally, run)}</h3>
          <p class="data-line muted">Highest loss first, of the batches whose single losses were looked at: all while this tab is open, else some.</p>
          <ol class="worst">
            {tally.worst.map((one, i) => (
              <Sample key={`${one.step}/${i}`} tally={tally} one={one} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

const pictureSide = 72;

function Sample({ tally, one }: { tally: Tally; one: WorstSample }) {
  const tiles = useMemo(() => [pictureTile(one.input)], [one]);
  const isImage = one.kind === "images";
  const scale = useMemo(() => (isImage ? imageScale(one.input.values) : signedScale(one.input.values)), [one]);
  const [tile] = tiles;
  return (
    <li class="worst-sample" data-testid="worst">
      <PixelCanvas tiles={tiles} columns={1} gap={0} scale={scale} isImage={isImage} zoom={pictureSide / Math.max(tile!.width, tile!.height)} />
      <span>
        loss {formatNumber(one.loss)}
        <br />
        <span class="muted">
          label {answerText(tally.meaning, one.label)}, said {answerText(tally.meaning, one.prediction)}, step {formatCount(one.step)}
        </span>
      </span>
    </li>
  );
}
