/** `kindling weights`: the parameters and buffers of a kept run's models, as a file that PyTorch or any other reader opens. */
import { load, loadMetadata, save, type Tensor } from "../engine/index.ts";
import type { KeptCheckpoint } from "../keep/checkpoints.ts";
import { contentsKey, type Contents } from "../observe/checkpoints/capture.ts";
import { formatCount, plural } from "../run/numbers.ts";
import type { TrainedBy } from "./keptRuns.ts";

type StateDict = ReadonlyMap<string, Tensor>;

export function writeWeights({ kept, checkpoint, reason }: TrainedBy, output: string): number {
  const models = modelsIn(checkpoint);
  try {
    if (/\.safetensors$/i.test(output)) save(flat(models), output, { metadata: { format: "pt", run: kept.id, step: String(checkpoint.step) } });
    else save(models.size === 1 ? [...models.values()][0]! : Object.fromEntries(models), output);
  } catch (error) {
    process.stderr.write(`kindling: ${(error as Error).message}\n`);
    return 1;
  }
  const parts = [...models].map(([name, state]) => `${name} (${plural(state.size, "tensor")})`);
  if (reason !== undefined) process.stderr.write(`kindling: ${reason}\n`);
  process.stderr.write(`kindling: wrote ${parts.join(", ")}, after ${formatCount(checkpoint.step)} steps, to ${output}\n`);
  return 0;
}

/** By model, as its `stateDict()` has it; tensors that are no model's stand by themselves. */
function modelsIn({ path }: KeptCheckpoint): ReadonlyMap<string, StateDict> {
  const tensors = load<Map<string, Tensor>>(path);
  const { models, loose } = JSON.parse(loadMetadata(path)[contentsKey]!) as Contents;
  const states = models.map(({ name, state, tied }): [string, StateDict] => {
    const same = new Map(tied);
    return [name, new Map(state.flatMap((key) => entry(key.slice(name.length + 1), tensors.get(same.get(key) ?? key))))];
  });
  const others = new Map(loose.flatMap((name) => entry(name, tensors.get(name))));
  return new Map([...states.filter(([, { size }]) => size > 0), ...(others.size > 0 ? [["others", others] as const] : [])]);
}

function entry(name: string, tensor: Tensor | undefined): (readonly [string, Tensor])[] {
  return tensor ? [[name, tensor]] : [];
}

/** Of several models each name begins with the model's. */
function flat(models: ReadonlyMap<string, StateDict>): StateDict {
  if (models.size === 1) return [...models.values()][0]!;
  return new Map([...models].flatMap(([model, state]) => [...state].map(([name, tensor]) => [`${model}.${name}`, tensor] as const)));
}
