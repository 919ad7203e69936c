/** The batch's samples side by side, each with its label and what the model says; arrows choose one. */
import { useMemo, useRef } from "preact/hooks";
import type { Batch, Outcome, Piece } from "../../src/protocol/index.ts";
import { formatNumber } from "../../src/run/numbers.ts";
import { PixelCanvas, type Tile } from "../charts/pixelCanvas.tsx";
import { imageScale, signedScale, type Scale } from "../charts/pixels.ts";
import type { Following } from "./following.ts";
import { Mark } from "./verdict.tsx";
import { verdictOf } from "./words.ts";

/** Side of a thumbnail, in CSS pixels. */
const thumbnail = 40;

export function Strip({ batch, outcome, following, chosen }: { batch: Batch; outcome: Outcome | undefined; following: Following; chosen: number }) {
  const list = useRef<HTMLDivElement>(null);
  const count = batch.samples.shape[0]!;
  const scale = useMemo(() => scaleOf(batch), [batch]);
  const wanted = following.sample.value;
  const choose = (sample: number) => {
    following.sample.value = sample;
    (list.current!.children[sample] as HTMLElement | undefined)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const next = sampleAfterKey(event.key, wanted, count);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };
  return (
    <div ref={list} class="strip" role="listbox" aria-label="Samples of the batch" aria-orientation="horizontal" onKeyDown={press} data-testid="strip">
      {Array.from({ length: count }, (_, i) => (
        <Sample key={i} batch={batch} index={i} scale={scale} outcome={outcome} isChosen={i === chosen} isCurrent={i === wanted} onChoose={() => choose(i)} />
      ))}
    </div>
  );
}

interface SampleProps {
  batch: Batch;
  index: number;
  scale: Scale;
  outcome: Outcome | undefined;
  isChosen: boolean;
  isCurrent: boolean;
  onChoose: () => void;
}

function Sample({ batch, index, scale, outcome, isChosen, isCurrent, onChoose }: SampleProps) {
  const verdict = outcome && verdictOf(outcome, index);
  const tiles = useMemo(() => [tileOf(batch, index)], [batch, index]);
  const [tile] = tiles;
  const told = verdict
    ? `, label ${verdict.label}, the model says ${verdict.prediction}${verdict.isRight === false ? ", wrong" : ""}, loss ${formatNumber(verdict.loss)}`
    : "";
  return (
    <div
      class="sample"
      role="option"
      tabIndex={isCurrent ? 0 : -1}
      aria-selected={isChosen}
      aria-label={`Sample ${index}${told}`}
      title={`Sample ${index}${told}`}
      onClick={onChoose}
      data-testid="sample"
      data-right={verdict?.isRight}
    >
      {batch.kind === "points" ? (
        <span class="sample-point">{[...pointOf(batch, index)].map((value) => formatNumber(value, 2)).join(", ")}</span>
      ) : (
        <PixelCanvas tiles={tiles} columns={1} gap={0} scale={scale} isImage={batch.kind === "images"} zoom={thumbnail / Math.max(tile!.width, tile!.height)} />
      )}
      {verdict && (
        <span class="sample-words">
          {verdict.short}
          {verdict.isRight !== undefined && <Mark isRight={verdict.isRight} />}
        </span>
      )}
    </div>
  );
}

function sampleAfterKey(key: string, index: number, count: number): number | null {
  const within = (next: number) => Math.min(count - 1, Math.max(0, next));
  if (key === "ArrowRight" || key === "ArrowDown") return within(index + 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return within(index - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

export function scaleOf({ kind, samples }: Batch): Scale {
  return kind === "images" ? imageScale(samples.values) : signedScale(samples.values);
}

function pointOf({ samples }: Batch, index: number): Float32Array {
  return samples.values.subarray(2 * index, 2 * index + 2);
}

/** A sample as a picture: an image as it is, a sequence or a row as a line of cells, several lines where it has two dimensions. */
export function tileOf({ samples }: Batch, index: number): Tile {
  const size = samples.values.length / samples.shape[0]!;
  const values = samples.values.subarray(index * size, (index + 1) * size);
  return pictureTile({ shape: samples.shape.slice(1), values });
}

/** Values that fit side by side. */
const longestLine = 16;

/** Long rows are folded into lines, so that something can be seen. */
export function pictureTile({ shape, values }: Piece): Tile {
  if (shape.length >= 2) {
    const [height, width] = shape.slice(-2) as [number, number];
    return { values, height, width };
  }
  const width = values.length <= longestLine ? Math.max(1, values.length) : Math.ceil(Math.sqrt(values.length));
  const height = Math.max(1, Math.ceil(values.length / width));
  const filled = new Float32Array(width * height);
  filled.set(values);
  return { values: filled, height, width };
}
