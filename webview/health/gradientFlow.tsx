/** One chart over depth: how strong the gradient is at each module, and where it would vanish or explode. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { colour } from "../charts/theme.ts";
import { ExportMenu } from "../export/exportMenu.tsx";
import { IconButton } from "../frame/icon.tsx";
import { whyUnmeasured } from "../layer/unmeasured.ts";
import { MeasuringOff } from "../steps/measuringOff.tsx";
import type { Store } from "../store.ts";
import { brokenWord, gradientPath, pointAfterKey, type FlowPoint } from "./flow.ts";
import { brokenHeight, brokenMark, flowShapes, strengths } from "./flowDrawing.ts";
import { exportFlow } from "./flowExport.ts";

const margin = { left: 48, right: 12, top: 8, bottom: 18 };

export function GradientFlow({ store }: { store: Store }) {
  const asTable = useSignal(false);
  const points = useComputed(() => {
    const [model, sample] = [store.model.value, store.outputSample.value];
    return model && sample ? gradientPath(model, sample) : [];
  }).value;
  const step = useComputed(() => store.outputSample.value?.step).value;
  const isEmpty = points.every(({ output, weights }) => output === undefined && weights === undefined);
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
        {step !== undefined && points.length > 0 && (
          <ExportMenu
            store={store}
            title="the gradient flow"
            exportable={() => exportFlow({ run: store.runName, step, points, colour, fontFamily: getComputedStyle(document.body).fontFamily })}
          />
        )}
      </div>
      <div class="pane-note">
        <MeasuringOff store={store} />
      </div>
      {isEmpty && !asTable.value ? <Empty store={store} /> : asTable.value ? <FlowTable points={points} /> : <Chart store={store} points={points} />}
    </section>
  );
}

function Empty({ store }: { store: Store }) {
  const why = useComputed(() => (store.run.value ? whyUnmeasured(store.run.value, store.model.value) : "")).value;
  return <p class="hint flow-chart">{why || "No gradient came back in this step."}</p>;
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
      <Legend points={points} />
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

function Legend({ points }: { points: readonly FlowPoint[] }) {
  const broken = new Set(points.flatMap((point) => strengths.flatMap((strength) => brokenWord(point[strength]) ?? [])));
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
      {[...broken].map((word) => (
        <span key={word}>
          <svg viewBox="0 0 22 8">
            <path class="flow-broken" d={brokenMark(word, 11, 4)} />
          </svg>
          {word}
        </span>
      ))}
      <span>root mean square, first module to last</span>
    </div>
  );
}

function reading({ module, output, weights, low, high }: FlowPoint): string {
  const place = output === undefined || brokenWord(output) ? "" : output < low! ? ", vanished" : output > high! ? ", exploded" : "";
  return `${module.path || module.name} (${module.type}): ∂loss/∂output ${strengthText(output, 3)}${place}, gradient of the weights ${strengthText(weights, 3)}`;
}

function strengthText(strength: number | undefined, digits?: number): string {
  return brokenWord(strength) ?? formatNumber(strength, digits);
}

function Drawing({ points, size, chosen, hovered }: { points: readonly FlowPoint[]; size: Size; chosen: number; hovered: number | null }) {
  const { width, height } = size;
  const frame = { left: margin.left, right: width - margin.right, top: margin.top + brokenHeight(points), bottom: height - margin.bottom };
  const { left, right, top, bottom } = frame;
  const { ticks, x, vanishing, exploding, lines, marks, broken } = flowShapes(points, frame);
  return (
    <svg aria-hidden="true">
      {ticks.map(({ value, y, label }) => (
        <g key={value}>
          <line class="flow-grid" x1={left} x2={right} y1={y} y2={y} />
          <text x={left - 6} y={y + 4} text-anchor="end">
            {label}
          </text>
        </g>
      ))}
      <path class="flow-band" d={vanishing} />
      <path class="flow-band" d={exploding} />
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
      <path class="flow-line weights" d={lines.weights} />
      <path class="flow-line output" d={lines.output} />
      {marks.weights.map(([px, py]) => (
        <rect key={px} class="flow-mark weights" x={px - 3} y={py - 3} width="6" height="6" />
      ))}
      {marks.output.map(([px, py]) => (
        <circle key={px} class="flow-mark output" cx={px} cy={py} r="3" />
      ))}
      {broken.map(({ path, label }) => (
        <g key={path} data-testid="flow-broken">
          <path class="flow-broken" d={path} />
          {label && (
            <text x={label.x} y={label.y} text-anchor={label.anchor}>
              {label.text}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
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
              <td data-value={output}>{strengthText(output)}</td>
              <td>{formatNumber(low, 2)}</td>
              <td>{formatNumber(high, 2)}</td>
              <td data-value={weights}>{strengthText(weights)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
