/** A loader that hands out nothing: the loop over it does nothing, and nobody says so. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { Lint, LintContext } from "./lint.ts";

export class NoBatches implements Lint {
  readonly #context: LintContext;
  #batches = 0;

  constructor(context: LintContext) {
    this.#context = context;
  }

  passStarts(): void {
    this.#batches = 0;
  }

  batch(): void {
    this.#batches++;
  }

  passEnds(loader: DataLoader<unknown>): void {
    const place = this.#batches === 0 ? this.#context.loaderPlace(loader) : undefined;
    if (!place) return;
    const samples = Number((loader.dataset as { readonly length?: unknown }).length);
    const why =
      samples > 0
        ? `its ${samples} samples are fewer than a batch, and \`dropLast\` leaves out what is no whole one. Take smaller batches, or leave \`dropLast\` out.`
        : "its dataset is empty. Look at how it is filled.";
    this.#context.tell("no-batches", { message: `\`${place.name ?? "This loader"}\` hands out no batch at all: ${why}`, position: place.position });
  }
}
