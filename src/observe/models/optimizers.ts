/** The run's optimizers: who they are, what their groups are called, and what of them can be changed. */
import type { Optimizer, ParamGroup } from "../../engine/optim/optimizer.ts";
import { groupMarks } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { OptimizerInfo, OptionValue, ParameterGroupInfo, SourcePosition } from "../../protocol/index.ts";
import { nameLength, shorten } from "../../run/text.ts";

interface Known {
  readonly id: number;
  readonly optimizer: Optimizer;
  readonly constructedAt: SourcePosition | undefined;
}

/** As many are known, the latest; a program may construct them in a loop for ever. */
const mostOptimizers = 50;
/** As many of an optimizer's groups, and of a group's parameters, are told. */
const mostGroups = 100;
const mostParameters = 50;

/** Options that are read once, when a parameter takes its first step. */
const readOnce: Readonly<Record<string, readonly string[]>> = { Adagrad: ["initialAccumulatorValue"], Rprop: ["lr"] };

export class Optimizers {
  readonly #pathsOf: () => ReadonlyMap<Tensor, string>;
  #known: readonly Known[] = [];
  #count = 0;
  /** As they were told last. */
  #told = "";
  #toldPaths: ReadonlyMap<Tensor, string> | undefined;

  /** @param pathsOf the parameters of all models, by their paths */
  constructor(pathsOf: () => ReadonlyMap<Tensor, string>) {
    this.#pathsOf = pathsOf;
  }

  constructed(optimizer: Optimizer, constructedAt: SourcePosition | undefined): void {
    this.#known = [...this.#known, { id: this.#count++, optimizer, constructedAt }].slice(-mostOptimizers);
  }

  /** Those that are known, in the order in which they were made. */
  get all(): readonly Optimizer[] {
    return this.#known.map(({ optimizer }) => optimizer);
  }

  get(id: number): Optimizer | undefined {
    return this.#known.find((known) => known.id === id)?.optimizer;
  }

  constructedAt(optimizer: Optimizer): SourcePosition | undefined {
    return this.#known.find((known) => known.optimizer === optimizer)?.constructedAt;
  }

  /** For each parameter the optimizer that changes it. */
  holders(): ReadonlyMap<Tensor, Optimizer> {
    return new Map(this.#known.flatMap(({ optimizer }) => optimizer.paramGroups.flatMap(({ params }) => params.map((one) => [one, optimizer] as const))));
  }

  /** All of them, if they are others, or have other options, groups or paths, than when they were asked for last. */
  changes(): readonly OptimizerInfo[] | undefined {
    if (this.#known.length === 0) return undefined;
    const now = this.#signature();
    const paths = this.#pathsOf();
    if (now === this.#told && paths === this.#toldPaths) return undefined;
    this.#told = now;
    this.#toldPaths = paths;
    return this.#known.map(({ id, optimizer, constructedAt }) => ({
      id,
      type: optimizer.constructor.name,
      groups: optimizer.paramGroups.slice(0, mostGroups).map((group, i) => describe(optimizer, group, i, paths)),
      ...(constructedAt && { constructedAt }),
    }));
  }

  #signature(): string {
    const groups = this.#known.flatMap(({ id, optimizer }) =>
      optimizer.paramGroups.slice(0, mostGroups).map((group) => [id, group.params.length, ...Object.values(optionsOf(optimizer, group)).map(String)].join()),
    );
    return groups.join(";");
  }
}

function describe(optimizer: Optimizer, group: ParamGroup, index: number, paths: ReadonlyMap<Tensor, string>): ParameterGroupInfo {
  const parameters = group.params.slice(0, mostParameters).flatMap((parameter) => paths.get(parameter) ?? []);
  return {
    name: shorten(groupName(group, index, parameters[0]), nameLength),
    parameters,
    count: group.params.length,
    options: optionsOf(optimizer, group),
  };
}

/** What a group is called: by the program, or else by its first parameter. */
export function groupName(group: ParamGroup, index: number, path: string | undefined): string {
  const { name } = group as { readonly name?: unknown };
  return typeof name === "string" && name !== "" ? name : (path ?? `group ${index}`);
}

/** What of a group can be changed while the program runs. */
export function optionsOf(optimizer: Optimizer, group: ParamGroup): Readonly<Record<string, OptionValue>> {
  const without = readOnce[optimizer.constructor.name] ?? [];
  const options: Record<string, OptionValue> = {};
  for (const [name, value] of Object.entries(group)) {
    if (!groupMarks.has(name) && name !== "name" && !without.includes(name) && isOption(value)) options[name] = value;
  }
  return options;
}

function isOption(value: unknown): value is OptionValue {
  return typeof value === "number" || typeof value === "boolean" || (Array.isArray(value) && value.every((one) => typeof one === "number"));
}
