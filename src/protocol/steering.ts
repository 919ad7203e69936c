/** What a program can be told while it runs, besides to pause, to go on and to stop. */

export type Steering =
  /** Each model's next step is measured, whatever its schedule says. */
  { readonly type: "measure" };
