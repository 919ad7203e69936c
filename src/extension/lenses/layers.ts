/** The layers that each line of a file makes, as the last run told. Pure. */
import type { ModelInfo, ModuleInfo, ParameterCounts, SourcePosition } from "../../protocol/index.ts";
import { groupBy } from "../../run/groupBy.ts";

export interface Layer {
  readonly model: ModelInfo;
  readonly module: ModuleInfo;
}

/** The layers of one place: several where that is reached more than once. */
export interface LayersAt {
  readonly position: SourcePosition;
  readonly layers: readonly Layer[];
}

const known = new WeakMap<readonly ModelInfo[], ReadonlyMap<string, readonly LayersAt[]>>();

/**
 * Of modules of which one holds the other the one that holds, where the same line makes both; none without parameters, and
 * not the models themselves.
 */
export function layersIn(file: string, models: readonly ModelInfo[]): readonly LayersAt[] {
  let byFile = known.get(models);
  if (!byFile) known.set(models, (byFile = groupByFile(models)));
  return byFile.get(file) ?? [];
}

function groupByFile(models: readonly ModelInfo[]): ReadonlyMap<string, readonly LayersAt[]> {
  const layers = models.flatMap((model) => model.modules.map((module): Layer => ({ model, module }))).filter(isShown);
  const byLine = groupBy(layers, ({ module: { constructedAt } }) => `${constructedAt!.line} ${constructedAt!.file}`);
  const places = [...byLine.values()].map((own): LayersAt => ({ position: own[0]!.module.constructedAt!, layers: own }));
  return groupBy(places, ({ position }) => position.file);
}

function isShown({ model: { modules }, module: { constructedAt, counts, parent } }: Layer): boolean {
  return constructedAt !== undefined && parent !== null && counts.total > 0 && !isMadeByLine(modules, parent, constructedAt);
}

/** Whether the same line makes the module of that number, or one above it; the whole model doesn't count. */
function isMadeByLine(modules: readonly ModuleInfo[], id: number, { file, line }: SourcePosition): boolean {
  for (let at = modules[id]!; at.parent !== null; at = modules[at.parent]!) {
    if (at.constructedAt?.line === line && at.constructedAt.file === file) return true;
  }
  return false;
}

/** Of all of them together; what they share counts as often as it is held. */
export function countsOf(layers: readonly Layer[]): ParameterCounts {
  const sum = (name: keyof ParameterCounts): number => layers.reduce((total, { module }) => total + module.counts[name], 0);
  return { total: sum("total"), trainable: sum("trainable"), frozen: sum("frozen") };
}
