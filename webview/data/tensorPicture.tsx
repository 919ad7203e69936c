/** A piece of a tensor as a picture: channels and heads as tiles, sequences as lines, vectors as bars. Its units can be switched off. */
import { useMemo, useState } from "preact/hooks";
import type { Ablation, CallInfo, LookPiece, ModuleInfo } from "../../src/protocol/index.ts";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { PixelCanvas, type Tile } from "../charts/pixelCanvas.tsx";
import { signedScale, type Scale } from "../charts/pixels.ts";
import { IconButton } from "../frame/icon.tsx";
import type { Following } from "./following.ts";
import { gridOf, placeOf, unitAfterKey, unitAt, type Grid } from "./units.ts";
import { ValueTable } from "./valueTable.tsx";

interface Props {
  told: LookPiece;
  call: CallInfo;
  module: ModuleInfo;
  following: Following;
  /** CSS pixels for its width. */
  room: number;
}

/** Side of a tile, CSS pixels. */
const tileSide = 56;
/** Between tiles, in values. */
const tileGap = 1;

/** How a piece is drawn, and what its units are. */
interface Arrangement {
  readonly tiles: readonly Tile[];
  readonly grid: Grid;
  /** Tiles in a row, and values' sizes between them. */
  readonly columns: number;
  readonly gap: number;
  readonly zoom: number;
  readonly unit: string;
  /** The values of one unit, for words and for the table. */
  valuesOf(unit: number): Tile;
}

export function TensorPicture({ told, call, module, following, room }: Props) {
  const arrangement = useMemo(() => arrange(told, call, room), [told, call, room]);
  const scale = useMemo(() => signedScale(told.piece.values), [told]);
  const [unit, setUnit] = useState(0);
  const [isTable, setTable] = useState(false);
  const { grid, tiles, columns, gap, zoom } = arrangement;
  const current = Math.min(unit, grid.count - 1);
  const canSwitch = following.isAlive.value && (told.what === "output" ? call.isSplit : told.what === "attention" && call.heads !== undefined);
  const ablationOf = (index: number): Ablation => ({ module: call.module, part: told.what === "attention" ? "head" : "unit", index: told.from + index });
  const name = `${module.path || module.name}, ${told.what}`;
  if (grid.count === 0) return <p class="hint">It has no values.</p>;
  return (
    <>
      <div class="picture-row">
        <Units
          arrangement={arrangement}
          name={name}
          first={told.from}
          current={current}
          isOff={(index) => canMark(told, call) && following.isAblated(ablationOf(index))}
          onChoose={setUnit}
          {...(canSwitch ? { onSwitch: (index: number) => following.toggle(ablationOf(index)) } : {})}
        >
          {told.piece.shape.length < 2 ? (
            <Bars values={told.piece.values} scale={scale} room={room} />
          ) : (
            <PixelCanvas tiles={tiles} columns={columns} gap={gap} scale={scale} isImage={false} zoom={zoom} />
          )}
        </Units>
        <IconButton
          icon="table"
          label={`Values of ${arrangement.unit} ${told.from + current} as a table`}
          pressed={isTable}
          onClick={() => setTable(!isTable)}
        />
      </div>
      <Legend
        scale={scale}
        text={unitText(arrangement, told.from, current, canSwitch ? (following.isAblated(ablationOf(current)) ? "on" : "off") : undefined)}
      />
      {isTable && <ValueTable name={`${name}, ${arrangement.unit} ${told.from + current}`} tile={arrangement.valuesOf(current)} />}
    </>
  );
}

function canMark({ what }: LookPiece, call: CallInfo): boolean {
  return what === "output" || (what === "attention" && call.heads !== undefined);
}

function unitText({ unit, valuesOf }: Arrangement, first: number, index: number, switchTo: "on" | "off" | undefined): string {
  const { values } = valuesOf(index);
  const sorted = values.toSorted();
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const told =
    values.length === 1 ? formatNumber(values[0]) : `mean ${formatNumber(mean, 3)}, from ${formatNumber(sorted[0], 3)} to ${formatNumber(sorted.at(-1), 3)}`;
  return `${unit} ${formatCount(first + index)}: ${told}${switchTo ? `; Enter or a click switches it ${switchTo}` : ""}`;
}

function Legend({ scale, text }: { scale: Scale; text: string }) {
  return (
    <div class="legend muted">
      <span class="legend-scale" aria-hidden="true">
        {formatNumber(scale.low, 2)} <i class="ramp" /> {formatNumber(scale.high, 2)}
      </span>
      <span aria-live="polite" data-testid="unit-text">
        {text}
      </span>
    </div>
  );
}

/** One bar for each value, up or down from 0. */
function Bars({ values, scale, room }: { values: Float32Array; scale: Scale; room: number }) {
  const path = (isAbove: boolean): string =>
    Array.from(values, (value, i) => (value > 0 === isAbove && Number.isFinite(value) ? `M${i + 0.1} 0h0.8v${-value / scale.high}h-0.8z` : "")).join("");
  return (
    <svg
      class="vector"
      viewBox={`0 -1 ${values.length} 2`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ width: `${Math.min(room, Math.max(80, values.length * 6))}px` }}
    >
      <line class="zero" x1={0} x2={values.length} y1={0} y2={0} />
      <path class="above" d={path(true)} />
      <path class="below" d={path(false)} />
    </svg>
  );
}

interface UnitsProps {
  arrangement: Arrangement;
  name: string;
  first: number;
  current: number;
  isOff: (unit: number) => boolean;
  onChoose: (unit: number) => void;
  onSwitch?: (unit: number) => void;
  children: preact.ComponentChildren;
}

/** What lies over a picture: the unit that the arrows choose, and the marks of those that are off. */
function Units({ arrangement, name, first, current, isOff, onChoose, onSwitch, children }: UnitsProps) {
  const { grid, unit } = arrangement;
  const label = (index: number): string => `${unit} ${first + index}${isOff(index) ? ", switched off" : ""}`;
  const at = (event: MouseEvent & { currentTarget: HTMLElement }): number | null => {
    const box = event.currentTarget.getBoundingClientRect();
    return unitAt(grid, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const press = (event: KeyboardEvent) => {
    const next = unitAfterKey(grid, event.key, current);
    if (next !== null) onChoose(next);
    else if (onSwitch && (event.key === "Enter" || event.key === " ")) onSwitch(current);
    else return;
    event.preventDefault();
  };
  const off = Array.from({ length: grid.count }, (_, i) => i).filter(isOff);
  return (
    <div
      class="units"
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label={`${name}: ${grid.count} ${unit}s. Arrow keys choose one${onSwitch ? ", Enter switches it off" : ""}.`}
      aria-activedescendant={`${name}-current`}
      onKeyDown={press}
      onPointerMove={(event) => {
        const pointed = at(event);
        if (pointed !== null && pointed !== current) onChoose(pointed);
      }}
      onClick={(event) => {
        const clicked = at(event);
        if (clicked !== null) onSwitch?.(clicked);
      }}
      data-testid="units"
    >
      {children}
      {off
        .filter((index) => index !== current)
        .map((index) => (
          <Mark key={index} grid={grid} unit={index} label={label(index)} isOff />
        ))}
      <Mark grid={grid} unit={current} label={label(current)} isOff={isOff(current)} id={`${name}-current`} />
    </div>
  );
}

function Mark({ grid, unit, label, isOff, id }: { grid: Grid; unit: number; label: string; isOff: boolean; id?: string }) {
  const { left, top, width, height } = placeOf(grid, unit);
  const classes = ["unit", isOff && "off", id && "current"].filter(Boolean).join(" ");
  const percent = (share: number) => `${100 * share}%`;
  return (
    <span
      id={id}
      class={classes}
      role="option"
      aria-selected={isOff}
      aria-label={label}
      style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
      data-unit={unit}
    />
  );
}

function arrange({ piece, what }: LookPiece, call: CallInfo, room: number): Arrangement {
  const { shape, values } = piece;
  if (shape.length === 3)
    return tiled(shape as readonly [number, number, number], values, room, what === "attention" ? "head" : what === "kernels" ? "kernel" : "channel");
  if (shape.length === 2) return lines(shape as readonly [number, number], values, room, call.unitDimension === 0 ? "row" : "column");
  const count = values.length;
  const alone = (unit: number): Tile => ({ values: values.subarray(unit, unit + 1), height: 1, width: 1 });
  return { tiles: [], grid: { columns: count, rows: 1, count }, columns: 1, gap: 0, zoom: 1, unit: "unit", valuesOf: alone };
}

function tiled([count, height, width]: readonly [number, number, number], values: Float32Array, room: number, unit: string): Arrangement {
  const size = height * width;
  const tiles = Array.from({ length: count }, (_, i) => ({ values: values.subarray(i * size, (i + 1) * size), height, width }));
  const zoom = tileSide / Math.max(height, width);
  const sharp = zoom >= 1 ? Math.floor(zoom) : zoom;
  const grid = gridOf(count, (width + tileGap) * sharp, room);
  return { tiles, grid, columns: grid.columns, gap: tileGap, zoom: sharp, unit, valuesOf: (i) => tiles[i]! };
}

/** One line for each place of a sequence. */
function lines([height, width]: readonly [number, number], values: Float32Array, room: number, units: "row" | "column"): Arrangement {
  const zoom = Math.max(1, Math.min(12, Math.floor(room / Math.max(width, height))));
  const valuesOf = (i: number): Tile =>
    units === "row"
      ? { values: values.subarray(i * width, (i + 1) * width), height: 1, width }
      : { values: Float32Array.from({ length: height }, (_, row) => values[row * width + i]!), height, width: 1 };
  const grid = units === "row" ? { columns: 1, rows: height, count: height } : { columns: width, rows: 1, count: width };
  return { tiles: [{ values, height, width }], grid, columns: 1, gap: 0, zoom, unit: units === "row" ? "channel" : "feature", valuesOf };
}
