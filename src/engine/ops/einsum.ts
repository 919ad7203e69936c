/** Sums of products by Einstein's convention. */
import { KindlingError } from "../errors.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { diagonal } from "./diagonals.ts";
import { bmm } from "./matmul.ts";
import { sum } from "./reductions.ts";
import type { Tensors } from "./types.ts";
import { expand, permute, reshape } from "./views.ts";

/**
 * Sums of products by Einstein's convention: `einsum("bij,bjk->bik", a, b)`. Letters name dimensions, `...` those that
 * broadcast; without `->` the result has the letters that occur once, in alphabetical order.
 * @see https://pytorch.org/docs/stable/generated/torch.einsum.html
 * @api torch.einsum
 */
export function einsum(equation: string, operands: Tensors = []): Tensor {
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const terms = left!.split(",");
  if (terms.length !== operands.length) {
    throw new KindlingError(
      terms.length > operands.length
        ? "einsum(): fewer operands were provided than specified in the equation"
        : "einsum(): more operands were provided than specified in the equation",
    );
  }
  const hidden = Math.max(...terms.map((term, i) => (term.includes("...") ? operands[i]!.shape.length - term.replace("...", "").length : 0)));
  const labels = terms.map((term, i) => labelsOf(term, operands[i]!, hidden, i));
  const output = right === undefined ? implicitOutput(labels, hidden) : outputLabels(right, labels, hidden);
  const sizes = labelSizes(labels, operands);
  return contract(labels, operands, output, sizes);
}

/** Dimensions under an ellipsis are named by digits, counted from the last. */
const ellipsis = (count: number): string[] => Array.from({ length: count }, (_, i) => String(count - 1 - i));

function labelsOf(term: string, operand: Tensor, hidden: number, position: number): string[] {
  if (!/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term)) {
    throw new KindlingError(`einsum(): invalid subscript given at index ${term.search(/[^a-zA-Z.]/)} in the equation string, subscripts must be in [a-zA-Z]`);
  }
  const [before, after] = term.split("...");
  const covered = operand.shape.length - term.replace("...", "").length;
  if (after === undefined ? covered !== 0 : covered < 0) {
    throw new KindlingError(
      `einsum(): the number of subscripts in the equation (${term.replace("...", "").length}) ${covered < 0 ? "is more than" : "does not match"} the number of dimensions (${operand.shape.length}) for operand ${position}` +
        (after === undefined && covered > 0 ? " and no ellipsis was given" : ""),
    );
  }
  return [...before!, ...(after === undefined ? [] : ellipsis(Math.min(covered, hidden))), ...(after ?? "")];
}

function implicitOutput(labels: readonly string[][], hidden: number): string[] {
  const all = labels.flat().filter((label) => /[a-zA-Z]/.test(label));
  return [...ellipsis(hidden), ...[...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort()];
}

function outputLabels(text: string, labels: readonly string[][], hidden: number): string[] {
  const [before, after] = text.split("...");
  const output = [...before!, ...(after === undefined ? [] : ellipsis(hidden)), ...(after ?? "")];
  output.forEach((label, i) => {
    if (output.indexOf(label) !== i) throw new KindlingError(`einsum(): output subscript ${label} appears more than once in the output`);
    if (!labels.flat().includes(label)) throw new KindlingError(`einsum(): output subscript ${label} does not appear in the equation for any input operand`);
  });
  return output;
}

function labelSizes(labels: readonly string[][], operands: readonly Tensor[]): Map<string, number> {
  const sizes = new Map<string, number>();
  labels.forEach((list, k) =>
    list.forEach((label, i) => {
      const size = operands[k]!.shape[i]!;
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        throw new KindlingError(
          `einsum(): operands do not broadcast with remapped shapes [original->remapped]: subscript ${label} has size ${size} for operand ${k} which does not broadcast with previously seen size ${known}`,
        );
      }
      sizes.set(label, Math.max(known, size === 0 ? 0 : size));
    }),
  );
  return sizes;
}

/** Operand by operand: what no later operand and no output needs is summed away as soon as possible. */
function contract(labels: readonly string[][], operands: readonly Tensor[], output: readonly string[], sizes: ReadonlyMap<string, number>): Tensor {
  let [own, result] = withoutRepeats(labels[0]!, operands[0]!);
  for (let k = 1; k < operands.length; k++) {
    const [next, operand] = withoutRepeats(labels[k]!, operands[k]!);
    const needed = new Set([...output, ...labels.slice(k + 1).flat()]);
    [own, result] = product(own, result, next, operand, needed, sizes);
  }
  const gone = own.flatMap((label, i) => (output.includes(label) ? [] : [i]));
  if (gone.length > 0) result = sum(result, gone);
  const left = own.filter((label) => output.includes(label));
  return permute(
    result,
    output.map((label) => left.indexOf(label)),
  );
}

/** Equal labels in one operand mean its diagonal. */
function withoutRepeats(labels: readonly string[], operand: Tensor): [string[], Tensor] {
  let [list, result] = [[...labels], operand];
  for (;;) {
    const second = list.findIndex((label, i) => list.indexOf(label) !== i);
    if (second < 0) return [list, result];
    const first = list.indexOf(list[second]!);
    result = diagonal(result, 0, first, second);
    list = [...list.filter((_, i) => i !== first && i !== second), list[second]!];
  }
}

/** One batched matrix product: shared labels that are still needed are the batch, shared ones that aren't are summed. */
export function product(
  labelsA: readonly string[],
  a: Tensor,
  labelsB: readonly string[],
  b: Tensor,
  needed: ReadonlySet<string>,
  sizes: ReadonlyMap<string, number>,
): [string[], Tensor] {
  const shared = labelsA.filter((label) => labelsB.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const summed = shared.filter((label) => !needed.has(label));
  const onlyA = labelsA.filter((label) => !shared.includes(label));
  const onlyB = labelsB.filter((label) => !shared.includes(label));
  const size = (list: readonly string[]): number => numelOf(list.map((label) => sizes.get(label)!));
  const arranged = (x: Tensor, own: readonly string[], order: readonly string[]): Tensor => {
    const moved = permute(
      x,
      order.map((label) => own.indexOf(label)),
    );
    return expand(
      moved,
      order.map((label, i) => (shared.includes(label) ? sizes.get(label)! : moved.shape[i]!)),
    );
  };
  const left = reshape(arranged(a, labelsA, [...batch, ...onlyA, ...summed]), [size(batch), size(onlyA), size(summed)]);
  const right = reshape(arranged(b, labelsB, [...batch, ...summed, ...onlyB]), [size(batch), size(summed), size(onlyB)]);
  const order = [...batch, ...onlyA, ...onlyB];
  return [
    order,
    reshape(
      bmm(left, right),
      order.map((label) => sizes.get(label)!),
    ),
  ];
}
