/** `nn.utils`: gradients within bounds, parameters as vectors, weights in other forms, sequences in one tensor. */
export * from "./clipGrad.ts";
export * as rnn from "./rnn.ts";
