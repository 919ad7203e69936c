/** The Data tab: the batch that runs, a sample on its way through the layers, and what came out over a pass. */
import { useEffect, useMemo } from "preact/hooks";
import type { Batch, Look } from "../../src/protocol/index.ts";
import { formatCount, formatPercent } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { PixelCanvas } from "../charts/pixelCanvas.tsx";
import { IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { Confusion, Worst } from "./confusion.tsx";
import { followingOf, type Following, type View } from "./following.ts";
import { Journey } from "./journey.tsx";
import { Plane } from "./plane.tsx";
import { scaleOf, Strip, tileOf } from "./strip.tsx";
import { ablationText, batchText, changeText, emptyText, paceText } from "./words.ts";
import { Verdicts } from "./verdict.tsx";

export function DataPane({ store }: { store: Store }) {
  const following = followingOf(store);
  useEffect(() => following.begin(), [following]);
  const view = following.view.value;
  const run = store.run.value;
  if (!run || !store.model.value) return null;
  return (
    <div class="data" data-testid="data">
      <Views following={following} />
      {view === "sample" && <SampleView store={store} run={run} following={following} />}
      {view === "confusion" && <Confusion store={store} run={run} following={following} />}
      {view === "worst" && <Worst run={run} following={following} />}
    </div>
  );
}

const views: readonly (readonly [View, string])[] = [
  ["sample", "Sample"],
  ["confusion", "Confusion"],
  ["worst", "Worst"],
];

function Views({ following }: { following: Following }) {
  return (
    <div class="toolbar data-bar" role="toolbar" aria-label="What is shown of the data">
      {views.map(([id, title]) => (
        <button
          key={id}
          type="button"
          class="text-toggle"
          aria-pressed={following.view.value === id}
          onClick={() => (following.view.value = id)}
          data-testid={`view-${id}`}
        >
          {title}
        </button>
      ))}
      {following.view.value === "sample" && <Switches following={following} />}
    </div>
  );
}

function Switches({ following }: { following: Following }) {
  const { hold, follow, training } = following;
  const isOff = !following.isAlive.value;
  return (
    <span class="data-switches">
      <button
        type="button"
        class="text-toggle"
        aria-pressed={hold.value}
        disabled={isOff}
        title="Stay with the samples that are shown while the run goes on; else each look takes the newest batch"
        onClick={() => (hold.value = !hold.value)}
        data-testid="hold"
      >
        hold this batch
      </button>
      <button
        type="button"
        class="text-toggle"
        aria-pressed={follow.value}
        disabled={isOff}
        title="Look again and again while the run goes on, as often as it slows it down by 2 % at most"
        onClick={() => (follow.value = !follow.value)}
      >
        follow live
      </button>
      <button
        type="button"
        class="text-toggle"
        aria-pressed={training.value}
        disabled={isOff}
        title="Look at the model as it trains, with dropout and the batch's own statistics; else as eval() makes it"
        onClick={() => (training.value = !training.value)}
      >
        training mode
      </button>
      <IconButton icon="refresh" label="Look again" disabled={isOff} onClick={() => following.lookAgain()} />
    </span>
  );
}

interface Props {
  store: Store;
  run: RunSnapshot;
  following: Following;
}

function SampleView({ store, run, following }: Props) {
  const followed = following.followed.value;
  const { batch, look, failure } = followed ?? {};
  if (!batch || !look) {
    return (
      <p class="hint data-empty" data-testid="data-empty">
        {emptyText(run, failure)}
      </p>
    );
  }
  return (
    <div class="data-scroll">
      <p class="data-line">
        {batchText(batch)}
        {batch.thinned && <span class="muted"> (thinned out)</span>}
      </p>
      <p class="data-line muted" data-testid="pace" aria-live="polite">
        {failure ? failure.message : paceText(look, run, following.follow.value)}
      </p>
      {batch.kind === "points" && look.boundary && <Plane batch={batch} look={look} boundary={look.boundary} following={following} />}
      <Strip batch={batch} outcome={look.outcome} following={following} chosen={look.sample} />
      <Chosen batch={batch} look={look} />
      <SwitchedOff store={store} look={look} following={following} />
      <Journey store={store} look={look} following={following} />
    </div>
  );
}

/** Side of the chosen sample's picture, CSS pixels. */
const pictureSide = 128;

function Picture({ batch, sample }: { batch: Batch; sample: number }) {
  const isTold = sample < batch.samples.shape[0]!;
  const tiles = useMemo(() => (isTold ? [tileOf(batch, sample)] : []), [batch, sample]);
  const scale = useMemo(() => scaleOf(batch), [batch]);
  const [tile] = tiles;
  if (!tile || batch.kind === "points") return null;
  if (batch.kind === "sequences") return <p class="data-line tokens">{tokensText(batch, sample)}</p>;
  return (
    <div class="chosen-picture">
      <PixelCanvas tiles={tiles} columns={1} gap={0} scale={scale} isImage={batch.kind === "images"} zoom={pictureSide / Math.max(tile.width, tile.height)} />
    </div>
  );
}

/** A sequence's whole numbers. */
function tokensText({ samples }: Batch, sample: number): string {
  const size = samples.values.length / samples.shape[0]!;
  return [...samples.values.subarray(sample * size, (sample + 1) * size)].map(formatCount).join(" ");
}

/** What the model says of the chosen sample. */
function Chosen({ batch, look }: { batch: Batch; look: Look }) {
  const { outcome, sample } = look;
  return (
    <section class="chosen" aria-label={`Sample ${sample}`} data-testid="chosen" data-sample={sample} data-step={look.step}>
      <h3>Sample {sample}</h3>
      <Picture batch={batch} sample={sample} />
      {outcome ? (
        <Verdicts batch={batch} look={look} outcome={outcome} />
      ) : (
        <p class="hint">No loss of nn.functional is computed from what the model returns, so labels and predictions aren't known.</p>
      )}
    </section>
  );
}

/** What is switched off, and what becomes of the losses; it stays in sight while one goes through the layers. */
function SwitchedOff({ store, look, following }: { store: Store; look: Look; following: Following }) {
  const model = store.model.value!;
  const { outcome, ablated, sample } = look;
  const ablations = following.ablations.value;
  if (ablations.length === 0) return null;
  return (
    <div class="switched-off">
      <ul class="ablations" aria-label="Switched off">
        {ablations.map((one) => (
          <li key={`${one.module}/${one.part}/${one.index}`}>
            without {ablationText(one, model)}
            <IconButton
              icon="close"
              label={`Switch ${ablationText(one, model)} on again`}
              disabled={!following.isAlive.value}
              onClick={() => following.toggle(one)}
            />
          </li>
        ))}
      </ul>
      {outcome && ablated && (
        <p class="data-line" data-testid="effect" aria-live="polite">
          {changeText("This sample's loss", outcome.losses[sample] ?? NaN, ablated.losses[sample] ?? NaN)};{" "}
          {changeText("the batch's", outcome.meanLoss, ablated.meanLoss)}
          {outcome.accuracy !== undefined && `, right ${formatPercent(outcome.accuracy)} → ${formatPercent(ablated.accuracy ?? NaN)}`}
        </p>
      )}
    </div>
  );
}
