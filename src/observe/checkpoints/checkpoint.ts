/** All that the rest of a run follows from, as far as the engine knows it, at one moment between two steps: a `.safetensors` file. */
export interface Checkpoint {
  /** Steps that the run had taken. */
  readonly step: number;
  /** Whether the program had ended: it is what the run came to, and nothing goes on from there. */
  readonly isEnd: boolean;
  /** The whole file. Its first tensors are the models' parameters and buffers. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** Where in the file the values of the models' parameters and buffers lie: by them two runs are held against each other. */
  readonly models: { readonly start: number; readonly end: number };
}

/** Where checkpoints go that are taken every now and then. */
export interface CheckpointSink {
  /** Whether the last one is out of the way, and another wanted. */
  readonly isReady: boolean;
  /** Milliseconds that those so far took beside the program. */
  readonly spent: number;
  /** @param cost milliseconds of the program's that it took */
  take(checkpoint: Checkpoint, cost: number): void;
  /** None can be taken of this program. */
  failed(error: unknown): void;
}

/** A checkpoint is not of this program at this moment. The message says what differs, for a person to read. */
export class Mismatch extends Error {
  override readonly name = "Mismatch";
}
