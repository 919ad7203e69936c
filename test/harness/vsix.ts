/** The packed extension that the tests install: made once per run from what is in dist/. */
import { makeVsix } from "../../scripts/package.mjs";

let packed: Promise<string> | undefined;

export function vsix(): Promise<string> {
  const given = process.env.KINDLING_VSIX;
  return (packed ??= given ? Promise.resolve(given) : makeVsix());
}
