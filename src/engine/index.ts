/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Kindling's engine: tensors, autograd, `nn`, `optim` and `data` with PyTorch's names.
 * This is what `import … from "kindling"` gives.
 */
import "./api/methods.ts";
import "./ops/bind.ts";

export * from "./api/torch.ts";
