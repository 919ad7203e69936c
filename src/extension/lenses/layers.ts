/** The layers that each line of a file makes, as the last run told. Pure. */
import type { ModelInfo, ModuleInfo, ParameterCounts, SourcePosition } from "../../protocol/index.ts";
import { groupBy } from "../../run/groupBy.ts";
import type { PlacedModule } from "../../run/modulePlaces.ts";

/** The layers of one place: several where that is reached more than once. */
export interface LayersAt {
  readonly position: SourcePosition;
  readonly layers: readonly PlacedModule[];
}

const known = new WeakMap<readonly ModelInfo[], ReadonlyMap<string, readonly LayersAt[]>>();

/**
 * None without parameters, not the models themselves, and of a container that the same file makes (`nn.Sequential`) no parts:
 * its own line speaks for them.
 */
export function layersIn(file: string, models: readonly ModelInfo[]): readonly LayersAt[] {
  let byFile = known.get(models);
  if (!byFile) known.set(models, (byFile = groupByFile(models)));
  return byFile.get(file) ?? [];
}

function groupByFile(models: readonly ModelInfo[]): ReadonlyMap<string, readonly LayersAt[]> {
  const layers = models.flatMap((model) => model.modules.map((module): PlacedModule => ({ model, module }))).filter(isShown);
  const byLine = groupBy(layers, ({ module: { constructedAt } }) => `${constructedAt!.line} ${constructedAt!.file}`);
  const places = [...byLine.values()].map((own): LayersAt => ({ position: own[0]!.module.constructedAt!, layers: own }));
  return groupBy(places, ({ position }) => position.file);
}

function isShown({ model: { modules }, module: { constructedAt, counts, parent } }: PlacedModule): boolean {
  return constructedAt !== undefined && parent !== null && counts.total > 0 && !isPart(modules, parent, constructedAt.file);
}

/** Whether the module of that number is a container that the file makes, or part of one. */
function isPart(modules: readonly ModuleInfo[], id: number, file: string): boolean {
  const { constructedAt, declaredAt, parent } = modules[id]!;
  // A class of the user's makes its own parts.
  if (declaredAt) return false;
  return constructedAt?.file === file || (parent !== null && isPart(modules, parent, file));
}

/** Of all of them together; what they share counts as often as it is held. */
export function countsOf(layers: readonly PlacedModule[]): ParameterCounts {
  const sum = (name: keyof ParameterCounts): number => layers.reduce((total, { module }) => total + module.counts[name], 0);
  return { total: sum("total"), trainable: sum("trainable"), frozen: sum("frozen") };
}
