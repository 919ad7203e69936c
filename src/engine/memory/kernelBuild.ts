/** Which build of the kernels computes: for those who have no business in linear memory itself. */
import { loaded } from "./linear.ts";

export const kernelBuild = loaded.build;
