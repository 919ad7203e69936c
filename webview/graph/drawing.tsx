/** The graph's picture: near, each block with its words, as far as it is in sight; far, outlines in a few strokes. */
import { useComputed } from "@preact/signals";
import type { Pass } from "../../src/protocol/index.ts";
import { trainableStatus } from "../../src/run/modules.ts";
import { themeVersion } from "../charts/theme.ts";
import type { Store } from "../store.ts";
import { moduleOf, type Block } from "./blocks.ts";
import type { GraphState } from "./graphState.ts";
import type { Box, Line, Picture } from "./layout.ts";
import { arrowMark, boxMarks, captionOf, factsOf, labelMark, lineMark, wordMarks, type Look, type Mark } from "./marks.ts";
import { words } from "./words.ts";
import { areaInSight, meets, type Area } from "./viewport.ts";

/** Smaller than this, words can't be read. */
const wordsFrom = 0.35;
/** With more boxes in sight than this, words are left out, too. */
const mostWords = 300;

export function Drawing({ store, state }: { store: Store; state: GraphState }) {
  const { width, height } = state.view.value;
  const transform = useComputed(() => {
    const { x, y, scale } = state.viewport.value;
    return `translate(${x} ${y}) scale(${scale})`;
  });
  const scale = useComputed(() => state.viewport.value.scale);
  const inSight = useComputed(() => JSON.stringify(areaInSight(state.viewport.value, state.view.value)));
  const parts = useComputed(() => {
    const picture = state.picture.value;
    const area = JSON.parse(inSight.value) as Area;
    if (!picture) return null;
    const boxes = picture.boxes.filter((box) => meets(box, area));
    const lines = picture.lines.filter((line) => meets(areaOf(line), area));
    return { boxes, lines, isFar: scale.value < wordsFrom || boxes.length > mostWords };
  });
  const looks = useComputed(() => looksOf(store, state));
  void themeVersion.value;
  const { boxes, lines, isFar } = parts.value ?? { boxes: [], lines: [], isFar: false };
  return (
    <svg class={isFar ? "graph-picture far" : "graph-picture"} width={width} height={height} aria-hidden="true" data-testid="graph-picture">
      <g transform={transform}>
        {isFar ? (
          <Outlines picture={{ width, height, boxes, lines }} looks={looks.value} />
        ) : (
          <Near pass={state.pass.value!} boxes={boxes} lines={lines} looks={looks.value} />
        )}
      </g>
    </svg>
  );
}

/** All of it, each block with its words; for a file. */
export function Whole({ pass, picture: { boxes, lines }, looks }: { pass: Pass; picture: Picture; looks: (block: Block) => Look }) {
  return (
    <svg class="graph-picture">
      <Near pass={pass} boxes={boxes} lines={lines} looks={looks} />
    </svg>
  );
}

interface NearProps {
  pass: Pass;
  boxes: readonly Box[];
  lines: readonly Line[];
  looks: (block: Block) => Look;
}

function Near({ pass, boxes, lines, looks }: NearProps) {
  const open = boxes.filter(({ isOpen }) => isOpen);
  return (
    <>
      {open.map((box) => drawnBox(box, pass, looks))}
      {lines.map((line) => drawnLine(line))}
      {open.map((box) => (
        <g key={`${box.block.key} words`} class="block" transform={`translate(${box.x} ${box.y})`}>
          {wordMarks(box, captionOf(box.block, pass), words).map(drawn)}
        </g>
      ))}
      {boxes.filter(({ isOpen }) => !isOpen).map((box) => drawnBox(box, pass, looks))}
      {lines.map((line) => drawnLabel(line))}
    </>
  );
}

function drawnBox(box: Box, pass: Pass, looks: (block: Block) => Look) {
  return (
    <g
      key={box.block.key}
      class="block"
      transform={`translate(${box.x} ${box.y})`}
      data-testid="graph-block"
      data-title={box.block.title}
      data-kind={box.block.kind}
    >
      <title>{factsOf(box.block, pass).join("\n")}</title>
      {boxMarks(box, looks(box.block)).map(drawn)}
      {!box.isOpen && wordMarks(box, captionOf(box.block, pass), words).map(drawn)}
    </g>
  );
}

function drawnLine(line: Line) {
  const { from, to, tensor } = line.edge;
  return (
    <g
      key={`${from?.key}>${to?.key} ${tensor.from} ${tensor.shape.join()}`}
      class="edge"
      data-testid="graph-edge"
      data-from={from?.title ?? ""}
      data-to={to?.title ?? ""}
    >
      {drawn(lineMark(line), 0)}
      {line.isEnd && drawn(arrowMark(line), 1)}
    </g>
  );
}

function drawnLabel(line: Line) {
  const mark = labelMark(line);
  return mark && drawn(mark, `${line.edge.from?.key}>${line.edge.to?.key} ${line.edge.tensor.from}`);
}

function drawn({ tag: Tag, class: name, attributes, text }: Mark, key: string | number) {
  return (
    <Tag key={key} class={name} {...attributes}>
      {text}
    </Tag>
  );
}

/** All in a few strokes, however much it is. */
function Outlines({ picture: { boxes, lines }, looks }: { picture: Picture; looks: (block: Block) => Look }) {
  const outline = ({ x, y, width, height }: Box): string => `M${x} ${y}h${width}v${height}h${-width}z`;
  const open = boxes.filter(({ isOpen }) => isOpen);
  const closed = boxes.filter(({ isOpen }) => !isOpen);
  return (
    <>
      <path class="outline open" d={open.map(outline).join("")} />
      <path class="line" d={lines.map((line) => lineMark(line).attributes["d"]).join("")} />
      <path class="outline" d={closed.map(outline).join("")} />
      {boxes
        .filter(({ block }) => isApart(looks(block)))
        .map((box) => (
          <path key={box.block.key} class={`outline apart${looks(box.block).hasFailed ? " failed" : ""}`} d={outline(box)} />
        ))}
    </>
  );
}

const isApart = ({ isChosen, hasFailed, isFound }: Look): boolean => isChosen || hasFailed || isFound;

function areaOf({ points }: Line): Area {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  // A straight line has an area, too.
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 };
}

/** How each block is set apart, as the state is now. */
export function looksOf(store: Store, state: GraphState): (block: Block) => Look {
  const [chosen, pass, models] = [state.chosen.value, state.pass.value, store.run.value?.models ?? []];
  const found = new Set(state.found.value.map((block) => state.shownFor(block)));
  const current = state.current.value;
  const failed = pass?.failure?.node;
  const holds = (block: Block): boolean => block.node === failed || (!state.isOpen(block) && block.children.some(holds));
  return (block) => {
    const module = pass && (block.kind === "call" || block.kind === "loss") ? moduleOf(pass.nodes[block.node]!, models) : undefined;
    const status = module ? trainableStatus(module.info.counts) : "none";
    return {
      isChosen: chosen.has(block) || current === block,
      hasFailed: failed !== undefined && holds(block),
      isFound: found.has(block),
      parameters: status === "none" ? "none" : status === "frozen" ? "frozen" : "trainable",
    };
  };
}
