/**
 * Errors that users see. The words are PyTorch's where PyTorch has words; fields let an editor point at the culprit.
 */

/**
 * Base of every error that the engine throws on purpose.
 * @api torch.KindlingError
 * @base
 */
export class KindlingError extends Error {
  /** Modules that were running, innermost first, e.g. `["layer2 (Linear)", "SimpleClassifier"]`; filled on the way out. */
  modulePath: string[] = [];

  constructor(message: string) {
    super(message);
    this.name = "RuntimeError";
  }
}

/**
 * Shapes that don't go together.
 * @api torch.ShapeError
 * @base
 */
export class ShapeError extends KindlingError {
  /** The shapes that met. */
  readonly shapes: readonly (readonly number[])[];

  constructor(message: string, ...shapes: (readonly number[])[]) {
    super(message);
    this.shapes = shapes;
  }
}

/**
 * A value of the wrong kind or out of range was passed.
 * @api torch.ArgumentError
 * @base
 */
export class ArgumentError extends KindlingError {
  constructor(message: string, name = "ValueError") {
    super(message);
    this.name = name;
  }
}

/**
 * A matrix for which what was asked doesn't exist: singular, not positive-definite, not finite.
 * @api torch.linalg.LinAlgError
 * @base
 */
export class LinAlgError extends KindlingError {
  constructor(message = "") {
    super(message);
    this.name = "LinAlgError";
  }
}

/**
 * An index or dimension outside its range.
 * @api torch.IndexError
 * @base
 */
export class IndexError extends KindlingError {
  constructor(message: string) {
    super(message);
    this.name = "IndexError";
  }
}

/**
 * More memory was asked for than there is.
 * @api torch.OutOfMemoryError
 * @base
 */
export class OutOfMemoryError extends KindlingError {
  /** Bytes that were asked for. */
  readonly bytes: number;

  constructor(bytes: number) {
    const amount = Number.isSafeInteger(bytes) ? `${bytes} bytes (${readableBytes(bytes)})` : "more bytes than can be counted";
    super(
      `can't allocate memory: you tried to allocate ${amount}. ` +
        "All tensors that one operation works on have to fit into 4 GiB; use a smaller batch or a smaller layer.",
    );
    this.name = "OutOfMemoryError";
    this.bytes = bytes;
  }
}

function readableBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
