/** The graph as a table: each block that is shown, what goes into it, and what comes out. */
import type { Store } from "../store.ts";
import { around, type Block } from "./blocks.ts";
import type { GraphState } from "./graphState.ts";
import { neighbours } from "./marks.ts";
import { formatShape } from "../../src/run/modules.ts";

export function GraphTable({ state, choose }: { store: Store; state: GraphState; choose: (block: Block) => void }) {
  const pass = state.pass.value!;
  // Read here, so that the rows follow what is open.
  void state.open.value;
  return (
    <div class="graph-table" tabIndex={0} data-testid="graph-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Output</th>
          </tr>
        </thead>
        <tbody>
          {state.shown.map((block) => {
            const { from, to } = neighbours(block);
            return (
              <tr key={block.key} class={state.chosen.value.has(block) ? "chosen" : undefined} onClick={() => choose(block)}>
                <th scope="row" style={{ paddingLeft: `${8 + 14 * around(block).length}px` }}>
                  {block.title}
                </th>
                <td>{block.type || block.kind}</td>
                <td>{from.join(", ")}</td>
                <td>{to.join(", ")}</td>
                <td>{pass.nodes[block.node]!.shapes.map(formatShape).join(", ")}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
