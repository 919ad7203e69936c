/** What is said of a module, wherever it is shown. */
import type { ModelInfo, ModuleInfo, ParameterCounts, ParameterInfo, Problem } from "../protocol/index.ts";

export type TrainableStatus = "none" | "trainable" | "partial" | "frozen";

/** Of a module and everything below it. */
export function trainableStatus({ total, trainable, frozen }: ParameterCounts): TrainableStatus {
  if (total === 0) return "none";
  if (frozen === 0) return "trainable";
  return trainable === 0 ? "frozen" : "partial";
}

/** `32×64`; a tensor without dimensions is a `scalar`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

/** Of several tensors; empty for none. */
export function formatShapes(shapes: readonly (readonly number[])[] = []): string {
  return shapes.map(formatShape).join(", ");
}

/** Of all tensors that its last call returned; empty if it was never called. */
export function outputShapes({ outputShapes: shapes }: ModuleInfo): string {
  return formatShapes(shapes);
}

/** Its own parameters that another module had before it; they count there. */
export function sharedParameters({ parameters }: ModuleInfo): readonly (ParameterInfo & { readonly sharedWith: string })[] {
  return parameters.filter((parameter) => parameter.sharedWith !== undefined) as (ParameterInfo & { readonly sharedWith: string })[];
}

/** The root, which stands for the whole model. */
export function rootOf({ modules }: ModelInfo): ModuleInfo {
  return modules[0]!;
}

/** Whether the message of a problem names the module already that was running, in full or by its path. */
export function namesModule({ message, module }: Problem): boolean {
  const path = /^(.*?) \(/.exec(module ?? "")?.[1];
  return module === undefined || message.includes(module) || (path !== undefined && message.includes(`\`${path}\``));
}
