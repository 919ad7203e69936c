/** Copies of a tensor with the part replaced that a view shows. */
import { record, type Operation } from "../autograd/node.ts";
import { ShapeError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { copyInto, denseCopy } from "./internal/copy.ts";
import type { Int } from "./types.ts";
import { select, slice } from "./views.ts";

const scatterViewOp: Operation<(input: Tensor) => Tensor> = {
  name: "ScatterViewBackward0",
  backward(node, gradient) {
    const look = node.data;
    const part = look(gradient);
    return [node.needs(0) ? scatterView(gradient, part.mul(0), look) : null, node.needs(1) ? part : null];
  },
};

/** A copy of `input` with `source` where the view `look(input)` is. */
export function scatterView(input: Tensor, source: Tensor, look: (input: Tensor) => Tensor): Tensor {
  const result = denseCopy(input);
  const window = look(result);
  if (window.shape.join() !== source.shape.join()) {
    throw new ShapeError(
      `expected src to have a size equal to the slice of self. src size = [${source.shape.join(", ")}], slice size = [${window.shape.join(", ")}]`,
      source.shape,
      window.shape,
    );
  }
  copyInto(window, source);
  return record(scatterViewOp, result, [input, source], [], look);
}

/**
 * A copy with `src` as entry `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.select_scatter.html
 * @api torch.selectScatter Tensor.selectScatter
 */
export function selectScatter(input: Tensor, src: Tensor, dim: Int, index: Int): Tensor {
  return scatterView(input, src, (x) => select(x, dim, index));
}

/**
 * A copy with `src` in place of every `step`-th entry from `start` up to, not including, `end` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.slice_scatter.html
 * @api torch.sliceScatter Tensor.sliceScatter
 */
export function sliceScatter(input: Tensor, src: Tensor, dim: Int = 0, start: Int | null = null, end: Int | null = null, step: Int = 1): Tensor {
  return scatterView(input, src, (x) => slice(x, dim, start, end, step));
}
