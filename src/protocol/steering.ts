/** What a program can be told while it runs, besides to pause, to go on and to stop. */
import type { LookRequest } from "./sample.ts";

export type Steering =
  /** Each model's next step is measured, whatever its schedule says. */
  | { readonly type: "measure" }
  /** A person looks at a sample on its way through a model; `null`: no longer. */
  | { readonly type: "look"; readonly look: LookRequest | null };
