/** Models → modules → parameters and buffers, built a branch at a time, so that a huge model costs what is looked at. */
import type { BufferInfo, ModelInfo, ModuleInfo, ParameterInfo, SourcePosition } from "../../protocol/index.ts";
import type { Severity } from "../../run/health/rules.ts";
import { signText, type Sign } from "../../run/health/signs.ts";
import { madeAt } from "../../run/modulePlaces.ts";
import { formatShape, outputShapes, rootOf, trainableStatus, type TrainableStatus } from "../../run/modules.ts";
import { formatCount } from "../../run/numbers.ts";

interface NodeBase {
  /** Stays the same between runs, so that what was open stays open. */
  readonly key: string;
  readonly parent: TreeNode | undefined;
}

export type TreeNode =
  | (NodeBase & { readonly kind: "module"; readonly model: ModelInfo; readonly module: ModuleInfo })
  /** A stretch of a long list of children. */
  | (NodeBase & { readonly kind: "range"; readonly first: number; readonly children: readonly TreeNode[] })
  | (NodeBase & { readonly kind: "parameter"; readonly module: ModuleInfo; readonly parameter: ParameterInfo })
  | (NodeBase & { readonly kind: "buffer"; readonly module: ModuleInfo; readonly buffer: BufferInfo });

export type ModuleNode = Extract<TreeNode, { kind: "module" }>;

export interface Row {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Name of a codicon. */
  readonly icon: string;
  /** In which colour, if not the usual one. */
  readonly severity?: Severity;
  readonly context: "model" | "module" | "range" | "parameter" | "buffer";
  /** How much of it learns, where it has parameters. */
  readonly learning?: TrainableStatus;
  readonly position?: SourcePosition;
}

/** A list of children longer than this is shown in stretches of this length. */
const stretch = 500;

export class ModelTree {
  readonly roots: readonly ModuleNode[];
  readonly #children = new Map<string, readonly TreeNode[]>();
  readonly #below = new Map<ModelInfo, ReadonlyMap<number, readonly ModuleInfo[]>>();

  constructor(file: string, models: readonly ModelInfo[]) {
    const seen = new Map<string, number>();
    this.roots = models.map((model) => {
      const same = seen.get(model.name) ?? 0;
      seen.set(model.name, same + 1);
      const key = `${file}#${model.name}${same === 0 ? "" : `~${same}`}`;
      return { kind: "module", key, parent: undefined, model, module: rootOf(model) };
    });
  }

  hasChildren(node: TreeNode): boolean {
    if (node.kind === "range") return true;
    if (node.kind !== "module") return false;
    const { parameters, buffers, id } = node.module;
    return parameters.length + buffers.length > 0 || (this.#modulesBelow(node.model).get(id)?.length ?? 0) > 0;
  }

  children(node: TreeNode): readonly TreeNode[] {
    if (node.kind === "range") return node.children;
    if (node.kind !== "module") return [];
    let children = this.#children.get(node.key);
    if (!children) this.#children.set(node.key, (children = this.#build(node)));
    return children;
  }

  /** The node of a module, with all that is above it. */
  find(model: number, module: number): ModuleNode | undefined {
    const root = this.roots.find((node) => node.model.id === model);
    const info = root?.model.modules[module];
    if (!root || !info) return undefined;
    if (info.parent === null) return root;
    const parent = this.find(model, info.parent);
    if (!parent) return undefined;
    return this.children(parent)
      .flatMap((child) => (child.kind === "range" ? child.children : [child]))
      .find((child): child is ModuleNode => child.kind === "module" && child.module.id === module);
  }

  #build(node: ModuleNode): readonly TreeNode[] {
    const { model, module } = node;
    const modules = (this.#modulesBelow(model).get(module.id) ?? []).map((child): TreeNode => ({
      kind: "module",
      key: `${node.key}/${child.name}`,
      parent: node,
      model,
      module: child,
    }));
    const parameters = module.parameters.map((parameter): TreeNode => ({
      kind: "parameter",
      key: `${node.key}:${parameter.name}`,
      parent: node,
      module,
      parameter,
    }));
    const buffers = module.buffers.map((buffer): TreeNode => ({ kind: "buffer", key: `${node.key}:${buffer.name}`, parent: node, module, buffer }));
    const own = [...parameters, ...buffers];
    return [...own, ...(modules.length > 2 * stretch ? ranges(node, modules) : modules)];
  }

  #modulesBelow(model: ModelInfo): ReadonlyMap<number, readonly ModuleInfo[]> {
    let below = this.#below.get(model);
    if (!below) this.#below.set(model, (below = groupByParent(model)));
    return below;
  }
}

function groupByParent(model: ModelInfo): ReadonlyMap<number, readonly ModuleInfo[]> {
  const below = new Map<number, ModuleInfo[]>();
  for (const module of model.modules) {
    if (module.parent === null) continue;
    const siblings = below.get(module.parent);
    if (siblings) siblings.push(module);
    else below.set(module.parent, [module]);
  }
  return below;
}

function ranges(parent: ModuleNode, modules: readonly TreeNode[]): readonly TreeNode[] {
  const out: TreeNode[] = [];
  for (let first = 0; first < modules.length; first += stretch) {
    const children: TreeNode[] = [];
    const range: TreeNode = { kind: "range", key: `${parent.key}[${first}]`, parent, first, children };
    for (const module of modules.slice(first, first + stretch)) children.push({ ...module, parent: range });
    out.push(range);
  }
  return out;
}

/** The model that a node is part of. */
export function modelOf(node: TreeNode): ModelInfo | undefined {
  return node.kind === "module" ? node.model : node.parent && modelOf(node.parent);
}

/** The module that a node is, or is part of. */
export function moduleOf(node: TreeNode): ModuleNode | undefined {
  if (node.kind === "module") return node;
  return node.parent && moduleOf(node.parent);
}

/** The path within its model of a module or a parameter, as PyTorch has it. */
export function pathOf(node: TreeNode): string {
  if (node.kind === "module") return node.module.path;
  const owner = node.kind === "range" ? "" : node.module.path;
  return node.kind === "parameter" ? [owner, node.parameter.name].filter(Boolean).join(".") : owner;
}

/**
 * @param isApproximate the counts may not be those of the text on the screen
 * @param sign of a module that shows trouble, or of one above it
 */
export function row(node: TreeNode, isApproximate = false, sign?: Sign): Row {
  switch (node.kind) {
    case "module":
      return moduleRow(node, isApproximate, sign);
    case "range": {
      const label = `${node.first} … ${node.first + node.children.length - 1}`;
      return { label, description: "", tooltip: label, icon: "list-tree", context: "range" };
    }
    case "parameter":
      return parameterRow(node.module, node.parameter);
    case "buffer":
      return bufferRow(node.module, node.buffer);
  }
}

function moduleRow({ model, module }: ModuleNode, isApproximate: boolean, sign: Sign | undefined): Row {
  const isRoot = module.parent === null;
  const isNamedByType = isRoot && !model.isVariable;
  const position = madeAt(module);
  const call = `${module.type}(${module.extra})`;
  return {
    label: isRoot ? model.name : module.name,
    description: [isNamedByType ? "" : module.type, outputShapes(module), countText(module, isApproximate), sign?.findings.length === 0 ? "⚠ below" : ""]
      .filter(Boolean)
      .join(" · "),
    tooltip: [
      module.path === "" ? call : `${module.path}: ${call}`,
      outputShapes(module),
      countText(module, isApproximate),
      trainableStatus(module.counts) === "partial" ? "partly frozen" : "",
      isApproximate ? "≈: the text has changed since it was counted" : "",
      sign ? `\n${signText(sign)}` : "",
    ]
      .filter(Boolean)
      .join("\n"),
    icon: (sign && signIcon(sign)) ?? frozenIcon(module) ?? (isRoot ? "symbol-class" : "layers"),
    ...(sign && { severity: sign.severity }),
    context: isRoot ? "model" : "module",
    learning: trainableStatus(module.counts),
    ...(position && { position }),
  };
}

/** The shape of what it shows itself; what is above it keeps its own. */
function signIcon({ findings, severity }: Sign): string | undefined {
  return findings.length > 0 ? severity : undefined;
}

/** A lock where nothing of it learns, a half-filled circle where a part does. */
function frozenIcon({ counts }: ModuleInfo): string | undefined {
  const status = trainableStatus(counts);
  return status === "frozen" ? "lock" : status === "partial" ? "color-mode" : undefined;
}

function countText({ counts }: ModuleInfo, isApproximate: boolean): string {
  if (counts.total === 0) return "";
  const exact = `${formatCount(counts.total)} params`;
  const total = isApproximate ? `≈ ${exact}` : exact;
  const status = trainableStatus(counts);
  if (status === "trainable") return total;
  if (status === "frozen") return `${total}, frozen`;
  return `${total}, ${formatCount(counts.frozen)} frozen`;
}

function parameterRow(module: ModuleInfo, parameter: ParameterInfo): Row {
  const shared = parameter.sharedWith === undefined ? "" : `shared with ${parameter.sharedWith}`;
  const state = parameter.trainable ? "trainable" : "frozen";
  const { constructedAt } = module;
  return {
    label: parameter.name,
    description: [formatShape(parameter.shape), formatCount(parameter.count), parameter.trainable ? "" : state, shared].filter(Boolean).join(" · "),
    tooltip: [`${parameter.name}: ${parameter.dtype} ${formatShape(parameter.shape)}`, state, shared].filter(Boolean).join("\n"),
    icon: parameter.trainable ? "symbol-field" : "lock",
    context: "parameter",
    learning: parameter.trainable ? "trainable" : "frozen",
    ...(constructedAt && { position: constructedAt }),
  };
}

function bufferRow(module: ModuleInfo, buffer: BufferInfo): Row {
  const { constructedAt } = module;
  const kept = buffer.persistent ? "" : "not in the state dict";
  return {
    label: buffer.name,
    description: [formatShape(buffer.shape), "buffer"].join(" · "),
    tooltip: [`${buffer.name}: ${buffer.dtype} ${formatShape(buffer.shape)}`, "buffer", kept].filter(Boolean).join("\n"),
    icon: "database",
    context: "buffer",
    ...(constructedAt && { position: constructedAt }),
  };
}
