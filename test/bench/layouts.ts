/** The matrix products that are measured everywhere: square ones of these sizes, with these operands transposed. */
export const squareSizes = [64, 256, 1024] as const;

export const layouts = ["NN", "NT", "TN"] as const;
export type Layout = (typeof layouts)[number];
