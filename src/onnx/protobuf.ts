/** Writes Protocol Buffers, which ONNX files are made of. https://protobuf.dev/programming-guides/encoding/ */

const enum Wire {
  Varint = 0,
  Bytes = 2,
  Fixed32 = 5,
}

const encoder = new TextEncoder();

/** A message: its fields one after the other, each by its number. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** A whole number, an enumeration or a truth value. */
  integer(field: number, value: number | bigint): this {
    return this.#add(varint((field << 3) | Wire.Varint), varint(BigInt.asUintN(64, BigInt(value))));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#add(varint((field << 3) | Wire.Fixed32), bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#add(varint((field << 3) | Wire.Bytes), varint(value.length), value);
  }

  message(field: number, value: Message): this {
    this.#add(varint((field << 3) | Wire.Bytes), varint(value.#length));
    return this.#add(...value.#parts);
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #add(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    return this;
  }
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
