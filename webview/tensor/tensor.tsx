/** A tensor that the debugger found: its picture, each value by pointer or keys, and its numbers as a table. */
import type { ReadonlySignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import type { ShownTensor } from "../../src/run/shownTensor.ts";
import { PixelCanvas } from "../charts/pixelCanvas.tsx";
import { signedScale } from "../charts/pixels.ts";
import { ValueTable } from "../data/valueTable.tsx";
import { IconButton } from "../frame/icon.tsx";
import { arrange, indicesOf, placeOf, valueAfterKey, valueAt } from "./cells.ts";

interface Props {
  tensor: ReadonlySignal<ShownTensor | null>;
  /** CSS pixels for the picture's width. */
  room: ReadonlySignal<number>;
}

export function TensorPage({ tensor, room }: Props) {
  if (!tensor.value) return null;
  return (
    <main class="shown-tensor">
      <Head {...tensor.value} />
      {tensor.value.values.length === 0 ? <p class="hint">It has no values.</p> : <Picture tensor={tensor.value} room={room.value} />}
    </main>
  );
}

function Head({ expression, place, dtype, shape, part, values }: ShownTensor) {
  const isPart = part.some((size, dim) => size < shape[dim]!);
  return (
    <header>
      <h2>
        <code data-testid="tensor-expression">{expression}</code>
      </h2>
      <p data-testid="tensor-facts">
        [{shape.join(", ")}] {dtype}
        {isPart && `; shown are its first [${part.join(", ")}]`}
      </p>
      <p class="muted" data-testid="tensor-measures">
        {measuresText(values)}
        {isPart && " (of what is shown)"}
      </p>
      <p class="muted">as it was at {place}</p>
    </header>
  );
}

function Picture({ tensor: { part, values }, room }: { tensor: ShownTensor; room: number }) {
  const arrangement = useMemo(() => arrange(part, values, room), [part, values, room]);
  const scale = useMemo(() => signedScale(values), [values]);
  const [chosen, choose] = useState(0);
  const [isTable, setTable] = useState(false);
  const current = Math.min(chosen, values.length - 1);
  const { tiles, zoom } = arrangement;
  const tile = Math.floor(current / (tiles[0]!.height * tiles[0]!.width));
  const at = placeOf(arrangement, current);
  const indices = indicesOf(part, current);
  const inFront = indices.slice(0, -2).join(", ");
  return (
    <>
      <div class="picture-row">
        <div
          class="cells"
          role="img"
          tabIndex={0}
          aria-label={`${formatCount(values.length)} values. Arrow keys choose one.`}
          onKeyDown={(event) => {
            const next = valueAfterKey(arrangement, values.length, event.key, current);
            if (next === null) return;
            choose(next);
            event.preventDefault();
          }}
          onPointerMove={({ currentTarget, clientX, clientY }) => {
            const { left, top } = currentTarget.getBoundingClientRect();
            const pointed = valueAt(arrangement, values.length, { x: (clientX - left) / zoom, y: (clientY - top) / zoom });
            if (pointed !== null) choose(pointed);
          }}
          data-testid="tensor-picture"
        >
          <PixelCanvas {...arrangement} scale={scale} isImage={false} />
          <span class="cell" style={{ left: `${at.x * zoom}px`, top: `${at.y * zoom}px`, width: `${zoom}px`, height: `${zoom}px` }} />
        </div>
        <IconButton icon="table" label="Its values as a table" pressed={isTable} onClick={() => setTable(!isTable)} testId="tensor-as-table" />
      </div>
      <div class="legend muted">
        <span class="legend-scale" aria-hidden="true">
          {formatNumber(scale.low, 3)} <i class="ramp" /> {formatNumber(scale.high, 3)}
        </span>
        <span aria-live="polite" data-testid="tensor-value">
          [{indices.join(", ")}] = {formatNumber(values[current], 7)}
        </span>
      </div>
      {isTable && <ValueTable name={inFront === "" ? "Values" : `Values of [${inFront}]`} tile={tiles[tile]!} />}
    </>
  );
}

function measuresText(values: Float32Array): string {
  const finite = values.filter(Number.isFinite);
  const lost = values.length - finite.length;
  const lostText = lost === 0 ? "" : `${formatCount(lost)} NaN or infinite`;
  if (finite.length === 0) return lostText;
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const std = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (finite.length - 1));
  const [least, most] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  const spread = finite.length > 1 ? ` std ${formatNumber(std)}` : "";
  return [`mean ${formatNumber(mean)}${spread} min ${formatNumber(least)} max ${formatNumber(most)}`, lostText].filter(Boolean).join(", ");
}
