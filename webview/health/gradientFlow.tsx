/** One chart over depth: how strong the gradient is at each module, and where it would vanish or explode. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { formatTicks } from "../charts/ticks.ts";
import { IconButton } from "../frame/icon.tsx";
import { whyUnmeasured } from "../layer/unmeasured.ts";
import type { Store } from "../store.ts";
import { decades, gradientPath, pointAfterKey, type FlowPoint } from "./flow.ts";

const margin = { left: 48, right: 12, top: 8, bottom: 18 };
/** More would touch. */
const mostMarks = 80;
const mostTicks = 7;

export function GradientFlow({ store }: { store: Store }) {
  const asTable = useSignal(false);
  const points = useComputed(() => {
    const [model, sample] = [store.model.value, store.outputSample.value];
    return model && sample ? gradientPath(model, sample) : [];
  }).value;
  const step = useComputed(() => store.outputSample.value?.step).value;
  const isEmpty = points.every(({ output, weights }) => !isNumber(output) && !isNumber(weights));
  const isBroken = isEmpty && points.some(({ output, weights }) => output !== undefined || weights !== undefined);
  return (
    <section class="flow-pane" aria-label="Gradient flow">
      <div class="toolbar">
        <h2>Gradient flow</h2>
        {step !== undefined && <span class="muted">{`step ${formatCount(step)}`}</span>}
        <IconButton
          icon="table"
          label="Show the gradient flow as a table"
          pressed={asTable.value}
          onClick={() => (asTable.value = !asTable.value)}
          testId="flow-as-table"
        />
      </div>
      {isEmpty && !asTable.value ? (
        <Empty store={store} isBroken={isBroken} />
      ) : asTable.value ? (
        <FlowTable points={points} />
      ) : (
        <Chart store={store} points={points} />
      )}
    </section>
  );
}

function Empty({ store, isBroken }: { store: Store; isBroken: boolean }) {
  const why = useComputed(() => (store.run.value ? whyUnmeasured(store.run.value, store.model.value) : "")).value;
  return (
    <p class="hint flow-chart">
      {isBroken ? "Every gradient of this step is NaN or ∞. Choose an earlier step." : why || "No gradient came back in this step."}
    </p>
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function Chart({ store, points }: { store: Store; points: readonly FlowPoint[] }) {
  const plot = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const hovered = useSignal<number | null>(null);
  const chosen = useComputed(() => store.module.value?.id).value;
  const index = points.findIndex(({ module }) => module.id === chosen);
  useEffect(() => {
    const observed = plot.current!;
    const observer = new ResizeObserver(() => setSize({ width: observed.clientWidth, height: observed.clientHeight }));
    observer.observe(observed);
    return () => observer.disconnect();
  }, []);

  const choose = (at: number) => store.dispatch({ type: "chooseModule", module: points[at]!.module.id });
  const pointAt = (event: MouseEvent): number => {
    const box = plot.current!.getBoundingClientRect();
    const share = (event.clientX - box.left - margin.left) / Math.max(1, box.width - margin.left - margin.right);
    return Math.min(points.length - 1, Math.max(0, Math.round(share * (points.length - 1))));
  };
  const press = (event: KeyboardEvent) => {
    const next = pointAfterKey(event.key, index, points.length);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };
  const shown = points[hovered.value ?? index];
  return (
    <div class="flow-chart">
      <Legend />
      <div
        ref={plot}
        class="flow-plot"
        role="slider"
        tabIndex={0}
        aria-label="Module on the gradient's way"
        aria-valuemin={1}
        aria-valuemax={points.length}
        aria-valuenow={index + 1}
        aria-valuetext={points[index] ? reading(points[index]) : "no module"}
        onKeyDown={press}
        onPointerMove={(event) => (hovered.value = pointAt(event))}
        onPointerLeave={() => (hovered.value = null)}
        onClick={(event) => choose(pointAt(event))}
        data-testid="gradient-flow"
      >
        {size.width > margin.left + margin.right && <Drawing points={points} size={size} chosen={index} hovered={hovered.value} />}
      </div>
      <p class="flow-readout" data-testid="flow-readout">
        {shown ? reading(shown) : "Modules from the first called to the last. Choose one to see its numbers."}
      </p>
    </div>
  );
}

function Legend() {
  return (
    <div class="flow-legend muted" aria-hidden="true">
      <span>
        <svg viewBox="0 0 22 8">
          <path class="flow-line output" d="M0 4H22" />
          <circle class="flow-mark output" cx="11" cy="4" r="2.5" />
        </svg>
        ∂loss/∂output
      </span>
      <span>
        <svg viewBox="0 0 22 8">
          <path class="flow-line weights" d="M0 4H22" />
          <rect class="flow-mark weights" x="8.5" y="1.5" width="5" height="5" />
        </svg>
        gradient of the weights
      </span>
      <span>root mean square, first module to last</span>
    </div>
  );
}

function reading({ module, output, weights, low, high }: FlowPoint): string {
  const place = output === undefined ? "" : output < low! ? ", vanished" : output > high! ? ", exploded" : "";
  return `${module.path || module.name} (${module.type}): ∂loss/∂output ${formatNumber(output, 3)}${place}, gradient of the weights ${formatNumber(weights, 3)}`;
}

function Drawing({ points, size, chosen, hovered }: { points: readonly FlowPoint[]; size: Size; chosen: number; hovered: number | null }) {
  const { width, height } = size;
  const [lowest, highest] = decades(points);
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom];
  const x = (index: number): number => (points.length < 2 ? (left + right) / 2 : left + (index / (points.length - 1)) * (right - left));
  const y = (value: number): number => {
    const logarithm = value > 0 ? Math.min(highest, Math.max(lowest, Math.log10(value))) : lowest;
    return bottom - ((logarithm - lowest) / (highest - lowest)) * (bottom - top);
  };
  const stride = Math.ceil((highest - lowest) / mostTicks);
  const ticks = Array.from({ length: Math.floor((highest - lowest) / stride) + 1 }, (_, i) => 10 ** (lowest + i * stride));
  const labels = formatTicks(ticks);
  // Nothing has no place on this axis: it lies on the bottom.
  if (points.some(({ output, weights }) => output === 0 || weights === 0)) labels[0] = "0";
  const line = (of: (point: FlowPoint) => number | undefined): string => path(points.map((point, i) => [x(i), pixel(of(point), y)]));
  const edge = (of: (point: FlowPoint) => number | undefined, border: number): string => {
    const known = points.flatMap((point, i) => (of(point) === undefined ? [] : [[x(i), y(of(point)!)] as const]));
    if (known.length === 0) return "";
    return `M${left} ${border}L${left} ${known[0]![1]}${known.map(([px, py]) => `L${px} ${py}`).join("")}L${right} ${known.at(-1)![1]}L${right} ${border}Z`;
  };
  const marks = points.length <= mostMarks;
  return (
    <svg aria-hidden="true">
      {ticks.map((tick, i) => (
        <g key={tick}>
          <line class="flow-grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 6} y={y(tick) + 4} text-anchor="end">
            {labels[i]}
          </text>
        </g>
      ))}
      <path class="flow-band" d={edge(({ low }) => low, bottom)} />
      <path class="flow-band" d={edge(({ high }) => high, top)} />
      <text x={right - 4} y={top + 12} text-anchor="end">
        exploding
      </text>
      <text x={right - 4} y={bottom - 5} text-anchor="end">
        vanishing
      </text>
      <text x={left} y={height - 4}>
        {points[0]?.module.path}
      </text>
      <text x={right} y={height - 4} text-anchor="end">
        {points.length > 1 && points.at(-1)!.module.path}
      </text>
      {chosen >= 0 && <line class="flow-cursor" x1={x(chosen)} x2={x(chosen)} y1={top} y2={bottom} />}
      {hovered !== null && <line class="flow-cursor hover" x1={x(hovered)} x2={x(hovered)} y1={top} y2={bottom} />}
      <path class="flow-line weights" d={line(({ weights }) => weights)} />
      <path class="flow-line output" d={line(({ output }) => output)} />
      {marks &&
        points.map(({ weights }, i) => isNumber(weights) && <rect key={i} class="flow-mark weights" x={x(i) - 3} y={y(weights) - 3} width="6" height="6" />)}
      {marks && points.map(({ output }, i) => isNumber(output) && <circle key={i} class="flow-mark output" cx={x(i)} cy={y(output)} r="3" />)}
    </svg>
  );
}

const isNumber = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

const pixel = (value: number | undefined, y: (value: number) => number): number | undefined => (isNumber(value) ? y(value) : undefined);

/** Passes over what wasn't measured. */
function path(places: readonly (readonly [x: number, y: number | undefined])[]): string {
  const known = places.filter(([, y]) => y !== undefined);
  return known.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y!.toFixed(1)}`).join("");
}

function FlowTable({ points }: { points: readonly FlowPoint[] }) {
  return (
    <div class="flow-table">
      <table class="table" data-testid="flow-table">
        <thead>
          <tr>
            <th scope="col">Module</th>
            <th scope="col">∂loss/∂output</th>
            <th scope="col">vanishes below</th>
            <th scope="col">explodes above</th>
            <th scope="col">gradient of the weights</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ module, output, low, high, weights }) => (
            <tr key={module.id}>
              <th scope="row">{module.path || module.name}</th>
              <td data-value={output}>{formatNumber(output)}</td>
              <td>{formatNumber(low, 2)}</td>
              <td>{formatNumber(high, 2)}</td>
              <td data-value={weights}>{formatNumber(weights)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
