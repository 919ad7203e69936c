/** The builds of the matrix products, and what is known of how fast each is where. */

/** `plain` multiplies and adds apart; `relaxed` fuses the two; `revectorized` also has V8 join 128-bit vectors to 256 bits. */
export type KernelBuild = "plain" | "relaxed" | "revectorized";

/** Each is a step back from the one before. */
export const allBuilds: readonly KernelBuild[] = ["revectorized", "relaxed", "plain"];

/**
 * V8's versions on x64 by their major numbers; the figures are in docs/decisions/kernels.md. Before 13 (Node 20 to 23) V8
 * spends on fused multiplications more than it gains, and joining vectors gains nothing.
 */
const measured: readonly { readonly before: number; readonly builds: readonly KernelBuild[] }[] = [
  { before: 13, builds: ["plain"] },
  { before: 15, builds: ["revectorized", "relaxed", "plain"] },
];

/**
 * The builds worth having, the fastest first; `null` where nobody has measured.
 * @param v8 as in `process.versions.v8`
 * @param arch as in `process.arch`
 */
export function knownBuilds(v8: string | undefined, arch: string | undefined): readonly KernelBuild[] | null {
  if (arch !== "x64") return null;
  return measured.find(({ before }) => majorOf(v8) < before)?.builds ?? null;
}

/** NaN where this isn't V8. */
export function majorOf(v8: string | undefined): number {
  return Number.parseInt(v8 ?? "", 10);
}
