/** Modules by the lines of the user's that make and call them. Pure. */
import type { ModelInfo, ModuleInfo, SourcePosition } from "../protocol/index.ts";

export interface PlacedModule {
  readonly model: ModelInfo;
  readonly module: ModuleInfo;
}

/** Where a module is made: where it is constructed, else where its class is declared. */
export function madeAt({ constructedAt, declaredAt }: ModuleInfo): SourcePosition | undefined {
  return constructedAt ?? declaredAt;
}

/** Where a module is made, or the line that called it first. */
export type PlaceKind = "made" | "called";

export function placeOf(module: ModuleInfo, kind: PlaceKind): SourcePosition | undefined {
  return kind === "made" ? madeAt(module) : module.calledAt;
}

/** `net.layer1.conv`: as the program itself would write it. */
export function fullPath({ model, module }: PlacedModule): string {
  return module.path === "" ? model.name : `${model.name}.${module.path}`;
}

/** The same module in what another run, or the same run later, told of its models: they have the names and paths, not the numbers. */
export function sameModule(models: readonly ModelInfo[], { model: { name }, module: { path, type } }: PlacedModule): PlacedModule | undefined {
  const model = models.find((candidate) => candidate.name === name);
  const module = model?.modules.find((candidate) => candidate.path === path && candidate.type === type);
  return model && module && { model, module };
}

/** The module that a problem names: `layer2 (Linear) of Net`, `Net`. */
export function namedModule(models: readonly ModelInfo[], name: string): PlacedModule | undefined {
  for (const model of models) {
    const root = model.modules[0]!.type;
    for (const module of model.modules) {
      if (name === (module.path === "" ? root : `${module.path} (${module.type}) of ${root}`)) return { model, module };
    }
  }
  return undefined;
}

/**
 * The modules that a line makes, else those that it calls; those nearest before the column first.
 * @param now where a place that the run told of is in the text of now
 */
export function modulesOn(
  models: readonly ModelInfo[],
  { file, line, column }: SourcePosition,
  now: (position: SourcePosition) => SourcePosition | undefined,
): readonly PlacedModule[] {
  const known = new Map<number, Map<number, SourcePosition | undefined>>();
  const current = (position: SourcePosition): SourcePosition | undefined => {
    let ofLine = known.get(position.line);
    if (!ofLine) known.set(position.line, (ofLine = new Map()));
    if (!ofLine.has(position.column)) ofLine.set(position.column, now(position));
    return ofLine.get(position.column);
  };
  const on = (place: "constructedAt" | "calledAt"): readonly PlacedModule[] => {
    const found: { readonly placed: PlacedModule; readonly distance: number }[] = [];
    for (const model of models) {
      for (const module of model.modules) {
        const position = module[place];
        const at = position?.file === file ? current(position) : undefined;
        if (at?.line === line) found.push({ placed: { model, module }, distance: at.column <= column ? column - at.column : Infinity });
      }
    }
    return found.sort((a, b) => (a.distance === b.distance ? 0 : a.distance - b.distance)).map(({ placed }) => placed);
  };
  const made = on("constructedAt");
  return made.length > 0 ? made : on("calledAt");
}
