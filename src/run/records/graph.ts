/** How passes through the models are written and read. */
import type { CalledModule, Pass, PassCount, PassEdge, PassFailure, PassNode } from "../../protocol/index.ts";
import { checked, list, nullable, number, oneOf, optional, record, text, whole } from "../codec.ts";
import type { SeenPass } from "../passes.ts";
import { position } from "./position.ts";

const shape = list(whole);

export const calledModule = record<CalledModule>({ model: whole, id: whole, name: text });

const node = record<PassNode>({
  kind: oneOf("input", "constant", "operation", "call", "loss", "output"),
  name: text,
  parent: nullable(whole),
  shapes: list(shape),
  module: optional(calledModule),
  state: optional(list(shape)),
  position: optional(position),
});

const edge = record<PassEdge>({ from: whole, to: whole, shape, dtype: text, detached: optional(oneOf<true>(true)) });

/** Parents stand before what is in them, and edges end at nodes. */
function hangsTogether({ nodes, edges, failure }: Pass): boolean {
  const isNode = (index: number): boolean => index < nodes.length;
  return (
    nodes.every(({ parent }, i) => parent === null || parent < i) &&
    edges.every(({ from, to }) => isNode(from) && isNode(to)) &&
    (failure === undefined || isNode(failure.node))
  );
}

export const pass = checked(
  record<Pass>({
    id: text,
    kind: oneOf("training", "evaluation", "forward"),
    step: number,
    nodes: list(node),
    edges: list(edge),
    failure: optional(record<PassFailure>({ node: whole, message: text, shapes: list(shape) })),
    isCut: optional(oneOf<true>(true)),
  }),
  "a pass whose parts don't fit together",
  hangsTogether,
);

export const passCount = record<PassCount>({ id: text, times: whole, isEstimate: optional(oneOf<true>(true)) });

export const seenPass = record<SeenPass>({ pass, times: whole, isEstimate: optional(oneOf<true>(true)) });
