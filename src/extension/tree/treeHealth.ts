/** What a training says of the modules in the tree, as long as it is of the text that is there. Pure. */
import type { ModelInfo, ModuleInfo } from "../../protocol/index.ts";
import { health } from "../../run/health/health.ts";
import { runUntil } from "../../run/health/until.ts";
import { signs, type Sign } from "../../run/health/signs.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";

export class TreeHealth {
  readonly #train: RunSnapshot | undefined;
  readonly #step: number | null;
  readonly #signs: ReadonlyMap<string, Sign>;
  /** The worst that was found, in plain text; empty where there is nothing. */
  readonly sentence: string;
  /** How much was found. */
  readonly count: number;
  /** Differs where something else is said. */
  readonly signature: string;

  /** @param step that a person looks at in the panel; `null`: the newest */
  constructor(train?: RunSnapshot, step: number | null = null) {
    this.#train = train?.edited ? undefined : train;
    this.#step = step;
    const { findings } = this.#train ? health(runUntil(this.#train, step)) : { findings: [] };
    const marked = this.#train?.models.flatMap((model) => [...signs(findings, model)].map(([id, sign]) => [keyOf(model, model.modules[id]!), sign] as const));
    this.#signs = new Map(marked);
    this.sentence = findings[0]?.what.replaceAll("`", "") ?? "";
    this.count = findings.length;
    this.signature = JSON.stringify(findings);
  }

  /** Whether the same would be said of a run at a step: its state, and what was measured, are the same. */
  isOf(train: RunSnapshot | undefined, step: number | null): boolean {
    const now = train?.edited ? undefined : train;
    if (step !== this.#step) return false;
    return (
      now === this.#train || (now !== undefined && now.samples === this.#train?.samples && now.state === this.#train.state && now.models === this.#train.models)
    );
  }

  /** The tree may be of a later inspection, whose modules have the same names and paths. */
  signOf(model: ModelInfo, module: ModuleInfo): Sign | undefined {
    return this.#signs.get(keyOf(model, module));
  }
}

const keyOf = ({ name }: ModelInfo, { path, type }: ModuleInfo): string => `${name}\n${path}\n${type}`;
