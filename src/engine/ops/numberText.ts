/** Numbers as Python writes them: exact halves go to the even neighbour, and minus zero keeps its sign. */

/** Python's `"{:.nf}"`. */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  return signed(value, fixedMagnitude(Math.abs(value), digits));
}

function fixedMagnitude(value: number, digits: number): string {
  // From here on `toFixed` would write an exponent; such a number is whole.
  if (value >= 1e21) return BigInt(value) + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  const scaled = value * 10 ** digits;
  const down = Math.floor(scaled);
  return scaled - down === 0.5 && down % 2 === 0 ? (down / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

/** Python's `"{:.ne}"`. */
export function scientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value);
  const [mantissa, exponent] = scientificMagnitude(Math.abs(value), digits).split("e") as [string, string];
  return signed(value, `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`);
}

function scientificMagnitude(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(20).split("e") as [string, string];
  const kept = mantissa.slice(0, digits === 0 ? 1 : digits + 2);
  const rest = mantissa.slice(digits + 2);
  const halfway = /^50*$/.test(rest) && Number(kept.at(-1)) % 2 === 0;
  return halfway ? `${kept}e${exponent}` : value.toExponential(digits);
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function signed(value: number, magnitude: string): string {
  return value < 0 || Object.is(value, -0) ? `-${magnitude}` : magnitude;
}
