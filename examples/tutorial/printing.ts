/** Numbers and shapes as Python's f-strings write them. */
import type { Tensor } from "kindling";

/** `{n:,}` */
export const thousands = (n: number): string => n.toLocaleString("en-US");

/** `{x:.1%}` */
export const percent = (x: number): string => `${(100 * x).toFixed(1)}%`;

/** `{x:+.6f}` */
export const signed = (x: number, digits: number): string => `${x < 0 ? "" : "+"}${x.toFixed(digits)}`;

/** `{x.shape}` */
export const size = (x: Tensor): string => `torch.Size([${x.shape.join(", ")}])`;
