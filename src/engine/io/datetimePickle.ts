/** Python's dates and times inside pickles: when a checkpoint was written, how long it took. */
import { KindlingError } from "../errors.ts";
import { Callable, Opaque } from "./pickleReader.ts";

const DAY = 24 * 60 * 60;

/** A difference from UTC, in seconds. */
class Zone extends Opaque {
  readonly offset: number;

  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

/** The meaning of one of the names of Python's `datetime`, or `undefined` where it is not on the list. */
export function datetimeGlobal(path: string, file: string): unknown {
  const fail = (): never => {
    throw new KindlingError(`${file}: a date is described in a way that can't be`);
  };
  const fields = (value: unknown, count: number): Uint8Array => (value instanceof Uint8Array && value.length === count ? value : fail());
  switch (path) {
    case "datetime.datetime":
      return new Callable(([state, zone]) => moment(fields(state, 10), zone instanceof Zone ? zone : zone === undefined ? undefined : fail()));
    case "datetime.date":
      return new Callable(([state]) => moment(fields(state, 4), undefined));
    case "datetime.timedelta":
      return new Callable((parts) => (parts.every((part) => typeof part === "number") ? seconds(parts as number[]) : fail()));
    case "datetime.timezone":
      return new Callable(([offset]) => (typeof offset === "number" ? new Zone(offset) : fail()));
    default:
      return undefined;
  }
}

/** Python's ten bytes, of a date alone the first four. Without a zone it is the time on the clock here. */
function moment([high = 0, low = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ...micro]: Uint8Array, zone: Zone | undefined): Date {
  const millisecond = Math.floor(micro.reduce((all, part) => all * 256 + part, 0) / 1000);
  // The highest bit of the month tells the two hours apart that a clock shows twice.
  const parts = [high * 256 + low, (month % 128) - 1, day, hour, minute, second, millisecond] as const;
  return zone ? new Date(Date.UTC(...parts) - zone.offset * 1000) : new Date(...parts);
}

const seconds = ([days = 0, rest = 0, micro = 0]: readonly number[]): number => days * DAY + rest + micro / 1e6;
