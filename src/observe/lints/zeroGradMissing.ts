/** A gradient that a step was taken by is added to by the next, and was not set back between: each step goes by all before it. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { variableName } from "./names.ts";
import type { Lint, LintContext } from "./lint.ts";

/** Of an optimizer, its first steps are looked at; a program that sets gradients back does so from the beginning. */
const stepsLookedAt = 5;

interface Gradient {
  readonly parameter: Tensor;
  readonly tensor: Tensor;
  version: number;
}

/** The gradients that an optimizer's last step was taken by. */
interface Used {
  readonly gradients: readonly Gradient[];
  /** Whether a `backward()` has added to them, and whether anything else has changed them. */
  wasAddedTo: boolean;
  wasReset: boolean;
}

export class ZeroGradMissing implements Lint {
  readonly #context: LintContext;
  readonly #steps = new WeakMap<Optimizer, number>();
  readonly #used = new Map<Optimizer, Used>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  beforeBackward(): void {
    for (const used of this.#used.values()) used.wasReset ||= !used.gradients.every(isAsBefore);
  }

  afterBackward(): void {
    for (const used of this.#used.values()) {
      if (used.wasReset || used.gradients.every(isAsBefore)) continue;
      used.wasAddedTo = true;
      for (const gradient of used.gradients) gradient.version = gradient.tensor.storage.version;
    }
  }

  beforeStep(optimizer: Optimizer): void {
    const used = this.#used.get(optimizer);
    this.#used.delete(optimizer);
    if (!used?.wasAddedTo || used.wasReset) return;
    // Clipping may have changed them; whether they are still those says who holds them.
    if (!used.gradients.every(({ parameter, tensor }) => parameter.gradSlot === tensor)) return;
    const position = this.#context.here();
    if (!position) return;
    const name = variableName(this.#context, optimizer);
    const message =
      `This step also goes by the gradients of the steps before: \`backward()\` added to them, and nothing set them back to zero since \`${name}\` used them. ` +
      `Call \`${name}.zeroGrad()\` before \`backward()\`.`;
    this.#context.tell("zero-grad-missing", { message, position });
  }

  afterStep(optimizer: Optimizer): void {
    const steps = (this.#steps.get(optimizer) ?? 0) + 1;
    this.#steps.set(optimizer, steps);
    if (steps > stepsLookedAt) return;
    const gradients = optimizer.paramGroups.flatMap(({ params }) =>
      params.flatMap((parameter) => {
        const tensor = parameter.gradSlot;
        return tensor ? [{ parameter, tensor, version: tensor.storage.version }] : [];
      }),
    );
    if (gradients.length > 0) this.#used.set(optimizer, { gradients, wasAddedTo: false, wasReset: false });
  }
}

const isAsBefore = ({ parameter, tensor, version }: Gradient): boolean => parameter.gradSlot === tensor && tensor.storage.version === version;
