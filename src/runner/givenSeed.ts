/** The same experiment with another seed: what the program gives to `manualSeed` is replaced. */
import { defaultGenerator, replaceSeeds } from "../engine/random/generator.ts";

const twoTo64 = 2n ** 64n;

/**
 * The program begins with `seed`, and gets it in place of the first seed that it gives itself; others keep their distance
 * to that one, so that what had the same seed has the same, and what had another has another.
 * @param tell hears of the first
 */
export function giveSeed(seed: number, tell: (own: number | bigint) => void): void {
  defaultGenerator.manualSeed(seed);
  let first: bigint | undefined;
  replaceSeeds((own) => {
    // What is no seed is refused as it would be.
    if (typeof own === "number" && !Number.isInteger(own)) return own;
    if (first === undefined) {
      first = BigInt(own);
      tell(own);
    }
    return (((BigInt(seed) + BigInt(own) - first) % twoTo64) + twoTo64) % twoTo64;
  });
}
