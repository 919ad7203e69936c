/**
 * What leaves a process as JSON (to the panel's page, to disk) and what comes back, which may be anything: it is read part by
 * part, and what isn't of the agreed form is refused with the place where it isn't. NaN, infinities and −0, which JSON doesn't
 * have, go as their names. Blocks of numbers go as typed arrays, which messages carry, or as base64.
 */

// Taken before any program runs, which may change them.
const { entries, fromEntries, is } = Object;

export interface Codec<T> {
  /** @returns plain JSON; `value` itself where it is that already */
  encode(value: T): unknown;
  /** @throws Malformed */
  decode(json: unknown): T;
  readonly isOptional?: boolean;
}

/** Of a part that may be absent. */
interface Optional<T> extends Codec<T> {
  readonly isOptional: true;
}

/** What was read is not of the agreed form. The message says where, from outside to inside: `run.progress.epoch: …`. */
export class Malformed extends Error {
  override readonly name = "Malformed";

  constructor(
    readonly reason: string,
    readonly path: readonly (string | number)[] = [],
  ) {
    super(path.length === 0 ? reason : `${path.join(".")}: ${reason}`);
  }
}

/** The same error, seen from outside of `part`. */
function within(part: string | number, error: unknown): unknown {
  return error instanceof Malformed ? new Malformed(error.reason, [part, ...error.path]) : error;
}

/** A value that JSON has as it is. */
function plain<T>(name: string, test: (json: unknown) => boolean): Codec<T> {
  return {
    encode: (value) => value,
    decode(json) {
      if (!test(json)) throw new Malformed(`not ${name}`);
      return json as T;
    },
  };
}

export const text = plain<string>("a text", (json) => typeof json === "string");
export const flag = plain<boolean>("true or false", (json) => typeof json === "boolean");
/** 0, 1, 2 … */
export const whole = plain<number>("a whole number from 0", (json) => Number.isSafeInteger(json) && (json as number) >= 0);
/** 1, 2, 3 …: lines and columns. */
export const ordinal = plain<number>("a whole number from 1", (json) => Number.isSafeInteger(json) && (json as number) >= 1);

const named: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** A number as JSON has it, or by its name: what is read is the same, bit for bit. */
export function numberOrName(value: number): number | string {
  if (is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}

/** Any number, NaN, infinities and −0 too. */
export const number: Codec<number> = {
  encode: numberOrName,
  decode(json) {
    const value = typeof json === "number" ? json : named.get(json);
    if (value === undefined) throw new Malformed("not a number");
    return value;
  },
};

/** One of a few words. */
export function oneOf<T extends string | boolean>(...words: readonly T[]): Codec<T> {
  return plain<T>(`one of ${words.join(", ")}`, (json) => (words as readonly unknown[]).includes(json));
}

export function optional<T>(codec: Codec<T>): Optional<T> {
  return { ...codec, isOptional: true };
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (json) => (json === null ? null : codec.decode(json)),
  };
}

export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    encode(values) {
      let changed: unknown[] | undefined;
      for (let i = 0; i < values.length; i++) {
        const encoded = item.encode(values[i]!);
        if (encoded !== values[i]) (changed ??= [...values])[i] = encoded;
      }
      return changed ?? values;
    },
    decode(json) {
      if (!Array.isArray(json)) throw new Malformed("not a list");
      const values: T[] = [];
      try {
        for (const one of json) values.push(item.decode(one));
      } catch (error) {
        throw within(values.length, error);
      }
      return values;
    },
  };
}

/** Values under names that are the user's. */
export function dictionary<T>(item: Codec<T>): Codec<Readonly<Record<string, T>>> {
  return {
    encode: (values) => fromEntries(entries(values).map(([name, value]) => [name, item.encode(value)])),
    decode: (json) =>
      fromEntries(
        entries(objectOf(json)).map(([name, own]) => {
          try {
            return [name, item.decode(own)];
          } catch (error) {
            throw within(name, error);
          }
        }),
      ),
  };
}

type Fields<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Codec<T[K]> };

/** An object with these parts. What else is there is left out in reading. */
export function record<T extends object>(fields: Fields<T>): Codec<T> {
  const parts = entries(fields) as [string, Codec<unknown>][];
  return {
    encode(value) {
      const own = value as Readonly<Record<string, unknown>>;
      let changed: Record<string, unknown> | undefined;
      for (const [name, codec] of parts) {
        if (own[name] === undefined) continue;
        const encoded = codec.encode(own[name]);
        if (encoded !== own[name]) (changed ??= { ...own })[name] = encoded;
      }
      return changed ?? value;
    },
    decode(json) {
      const object = objectOf(json);
      const value: Record<string, unknown> = {};
      for (const [name, codec] of parts) {
        const own = object[name];
        if (own === undefined) {
          if (codec.isOptional) continue;
          throw new Malformed("is missing", [name]);
        }
        try {
          value[name] = codec.decode(own);
        } catch (error) {
          throw within(name, error);
        }
      }
      return value as T;
    },
  };
}

/** Objects that one of their parts, `tag`, tells apart; each case names the parts besides that one. */
export function variants<T extends object, Tag extends keyof T & string>(
  tag: Tag,
  cases: { readonly [K in T[Tag] & string]: Codec<Omit<Extract<T, Readonly<Record<Tag, K>>>, Tag>> },
): Codec<T> {
  const codecs: ReadonlyMap<unknown, Codec<object>> = new Map(entries(cases) as [string, Codec<object>][]);
  return {
    encode: (value) => codecs.get(value[tag])!.encode(value),
    decode(json) {
      const object = objectOf(json);
      const codec = codecs.get(object[tag]);
      if (!codec) throw new Malformed(`not one of ${[...codecs.keys()].join(", ")}`, [tag]);
      return { [tag]: object[tag], ...codec.decode(json) } as T;
    },
  };
}

/** What is something else in memory than it is in JSON. */
export function via<T, J>(json: Codec<J>, encode: (value: T) => J, decode: (value: J) => T): Codec<T> {
  return {
    encode: (value) => json.encode(encode(value)),
    decode: (value) => decode(json.decode(value)),
  };
}

/** What has to be more than of the right form. */
export function checked<T>(codec: Codec<T>, reason: string, test: (value: T) => boolean): Codec<T> {
  return via(
    codec,
    (value) => value,
    (value) => {
      if (!test(value)) throw new Malformed(reason);
      return value;
    },
  );
}

interface NumberArray<T> {
  new (buffer: ArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** A typed array, which messages between threads, processes and pages carry as bytes; read into memory of its own. */
function typedArray<T extends Float64Array | Float32Array | Uint32Array>(name: string, type: NumberArray<T>): TypedArrayCodec<T> {
  return {
    type,
    encode: (values) => values,
    decode(json) {
      if (!(json instanceof type)) throw new Malformed(`not ${name}`);
      return json.byteLength === json.buffer.byteLength ? json : (json.slice() as T);
    },
  };
}

interface TypedArrayCodec<T> extends Codec<T> {
  readonly type: NumberArray<T>;
}

export const doubles = typedArray<Float64Array>("an array of doubles", Float64Array);
export const singles = typedArray<Float32Array>("an array of floats", Float32Array);
export const wholes = typedArray<Uint32Array>("an array of whole numbers", Uint32Array);

/** The same as text. */
export function base64<T extends Float64Array | Float32Array | Uint32Array>({ type }: TypedArrayCodec<T>): Codec<T> {
  return via(
    text,
    (values) => btoa(asCharacters(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))),
    (written) => {
      const bytes = bytesOf(written);
      if (bytes.length % type.BYTES_PER_ELEMENT !== 0) throw new Malformed("not a whole number of numbers");
      return new type(bytes.buffer);
    },
  );
}

/** As many at once as a call may have arguments. */
const stretch = 8192;

/** A character for each byte. */
function asCharacters(bytes: Uint8Array): string {
  let characters = "";
  for (let i = 0; i < bytes.length; i += stretch) characters += String.fromCharCode.apply(null, bytes.subarray(i, i + stretch) as unknown as number[]);
  return characters;
}

function bytesOf(written: string): Uint8Array<ArrayBuffer> {
  let characters: string;
  try {
    characters = atob(written);
  } catch {
    throw new Malformed("not base64");
  }
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

function objectOf(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw new Malformed("not an object");
  return json as Readonly<Record<string, unknown>>;
}
