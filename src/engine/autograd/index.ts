/** `autograd`: types beside its functions. */
export type { AnomalyScope } from "./anomaly.ts";
export type { GradcheckOptions } from "./gradcheck.ts";
export type { Node } from "./node.ts";
