/** Random numbers as PyTorch draws them. Pure arithmetic: nothing here knows of tensors. */
export * from "./fill.ts";
export * from "./generator.ts";
export { NumpyLegacyGenerator } from "./numpyLegacy.ts";
