/** What can't be written as ONNX, and where it stands in the program. */
export class Refusal extends Error {
  /** What the recorder was given for the place: see `Recorder`. */
  readonly mark: unknown;

  /** @param cause what the program threw */
  constructor(message: string, mark?: unknown, cause?: unknown) {
    super(message, { cause });
    this.mark = mark;
  }
}

export const drawnAnew = new Refusal("`dropout` draws random numbers in training, and a file does the same each time: write the model as it is in eval()");
