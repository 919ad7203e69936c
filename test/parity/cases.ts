/** The form of the files in expected/; parity.py writes them. */
export interface EncodedTensor {
  readonly tensor: readonly (number | boolean | string)[];
  readonly shape: number[];
  readonly dtype: "float32" | "int32" | "bool" | "uint8";
  readonly grad?: boolean;
  readonly layout?: "transposed";
}

interface Common {
  /** The function by PyTorch's name: "torch.add", "F.conv2d", "Tensor.add_", "nn.Linear". */
  readonly target: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  /** An arrow function in place of the call that the rules give. */
  readonly js?: string;
  readonly note?: string;
  readonly atol?: number;
  readonly rtol?: number;
  readonly gradAtol?: number;
}

export interface OpCase extends Common {
  readonly kind: "op";
  readonly seed?: number;
  readonly result: unknown;
  readonly gradients?: readonly unknown[];
  /** Of the weighted sum of all gradients. */
  readonly second?: readonly unknown[];
  /** Gradients are those of a weighted sum of squares. */
  readonly curved?: true;
}

export interface ErrorCase extends Common {
  readonly kind: "error";
  readonly message: string;
}

export interface ShownCase extends Common {
  readonly kind: "shown";
  readonly text: string;
}

export interface ModuleCase extends Common {
  readonly kind: "module";
  readonly shown: string;
  /** Values by key, or only shapes. */
  readonly state: Readonly<Record<string, EncodedTensor | number[]>>;
  readonly inputs?: readonly unknown[];
  readonly call?: Readonly<Record<string, unknown>>;
  readonly jsCall?: string;
  readonly train?: boolean;
  readonly steps?: number;
  readonly forward?: {
    readonly result: unknown;
    readonly inputGradients?: readonly unknown[];
    readonly parameterGradients?: Readonly<Record<string, unknown>>;
    /** Of the weighted sum of all gradients, which then are those of a weighted sum of squares. */
    readonly second?: readonly unknown[];
    readonly buffers?: Readonly<Record<string, EncodedTensor>>;
  };
  readonly evaluated?: unknown;
}

/** Statements of which each side has its own form; `js` is the body of a function. */
export interface ProgramCase extends Common {
  readonly kind: "program";
  readonly js: string;
  readonly result?: unknown;
  /** What it fails with. */
  readonly message?: string;
}

export interface OptimizerCase extends Common {
  readonly kind: "optimizer";
  readonly groups: boolean;
  readonly closure: boolean;
  readonly steps: number;
  readonly losses: readonly number[];
  readonly params: readonly EncodedTensor[];
  readonly state: Readonly<Record<string, Readonly<Record<string, EncodedTensor>>>>;
  readonly shown: string;
}

export interface SchedulerCase extends Common {
  readonly kind: "scheduler";
  readonly base: "SGD" | "Adam";
  readonly epochs: number;
  readonly rates: readonly number[][];
  readonly momenta: readonly number[][];
  readonly values: readonly number[];
}

export type Case = OptimizerCase | SchedulerCase | ProgramCase | OpCase | ErrorCase | ShownCase | ModuleCase;
