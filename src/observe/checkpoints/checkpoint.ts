/** All that the rest of a run follows from, as far as the engine knows it, at one moment between two steps: a `.safetensors` file. */
export interface Checkpoint {
  /** Steps that the run had taken. */
  readonly step: number;
  /** The whole file. Its first tensors are the models' parameters and buffers. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** Where in the file the values of the models' parameters and buffers lie: by them two runs are held against each other. */
  readonly models: { readonly start: number; readonly end: number };
}

/** A checkpoint is not of this program at this moment. The message says what differs, for a person to read. */
export class Mismatch extends Error {
  override readonly name = "Mismatch";
}
