/** `nn.functional`: the modules' arithmetic as plain functions. */
export { bilinear, embedding, embeddingBag, linear } from "../ops/index.ts";
