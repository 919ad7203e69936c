/** Small pieces of Python for what Kindling or JavaScript has and PyTorch hasn't; a program gets those that it uses. */

interface Helper {
  readonly imports: readonly string[];
  readonly text: string;
}

export type HelperName = keyof typeof helpers;

export const helpers = {
  log: {
    imports: ["import sys", "import torch"],
    text: `def log(values):
    """Shows named values of the run, beside what the program itself prints."""
    print(", ".join(f"{name}: {value.item() if isinstance(value, torch.Tensor) else value}" for name, value in values.items()), file=sys.stderr)`,
  },
  no_twin: {
    imports: [],
    text: `def no_twin(name):
    raise NotImplementedError(f"{name} has no twin in PyTorch")`,
  },
  float_tensor: {
    imports: ["import numpy as np", "import torch"],
    text: `def float_tensor(values):
    """NumPy's numbers as a tensor: float32 for floats, a plain number where no size was asked for."""
    if np.ndim(values) == 0:
        return values.item() if hasattr(values, "item") else values
    return torch.from_numpy(values if values.dtype.kind in "iu" else values.astype(np.float32))`,
  },
  read_csv: {
    imports: ["import csv", "import torch"],
    text: `class CsvTable:
    """A CSV file in memory; a column becomes numbers when it is asked for."""

    def __init__(self, rows, header):
        self.columns = [name.strip() for name in rows[0]] if header else [str(i) for i in range(len(rows[0]))]
        self.rows = rows[1:] if header else rows

    def __len__(self):
        return len(self.rows)

    def strings(self, name):
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def column(self, name, dtype=torch.float32, missing=None):
        return torch.tensor([missing if missing is not None and not cell.strip() else float(cell) for cell in self.strings(name)]).to(dtype)

    def tensor(self, columns=None, dtype=torch.float32, missing=None):
        return torch.stack([self.column(name, dtype, missing) for name in columns or self.columns], 1)


def read_csv(path, header=True, delimiter=","):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return CsvTable([row for row in csv.reader(file, delimiter=delimiter) if any(cell.strip() for cell in row)], header)`,
  },
  load_safetensors: {
    imports: ["import json", "import math", "import torch"],
    text: `def load_safetensors(path):
    """The tensors of a .safetensors file by name."""
    dtypes = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        content = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, _ = entry["data_offsets"]
            dtype, shape = dtypes[entry["dtype"]], entry["shape"]
            count = math.prod(shape)
            tensors[name] = torch.frombuffer(content, dtype=dtype, count=count, offset=begin).reshape(shape).clone() if count else torch.zeros(shape, dtype=dtype)
    return tensors`,
  },
  entered: {
    imports: [],
    text: `class entered:
    """What a generator yields; the rest of it runs at the end of the block."""

    def __init__(self, steps):
        self.steps = iter(steps)
        self.value = next(self.steps)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        next(self.steps, None)`,
  },
  fields_text: {
    imports: [],
    text: `def fields_text(name, fields):
    """An object by its fields, as a dataclass prints."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in fields.items())})"`,
  },
  as_dictionary: {
    imports: ["import enum", "import torch"],
    text: `def as_dictionary(of):
    """An object's fields by name, and those of the objects in it."""
    if isinstance(of, (list, tuple)):
        return type(of)(as_dictionary(one) for one in of)
    if isinstance(of, dict):
        return {name: as_dictionary(one) for name, one in of.items()}
    if callable(of) or isinstance(of, (enum.Enum, torch.Tensor)) or not hasattr(of, "__dict__"):
        return of
    return as_dictionary(vars(of))`,
  },
  move_to_end: {
    imports: [],
    text: `def move_to_end(dictionary, key, last=True):
    """Puts an entry behind all others, or before them."""
    moved = {key: dictionary.pop(key)}
    others = dict(dictionary)
    dictionary.clear()
    dictionary.update({**others, **moved} if last else {**moved, **others})`,
  },
  pop_item: {
    imports: [],
    text: `def pop_item(dictionary, last=True):
    """Takes the entry out that was put in last, or first."""
    if last or not dictionary:
        return dictionary.popitem()
    key = next(iter(dictionary))
    return key, dictionary.pop(key)`,
  },
  as_key: {
    imports: [],
    text: `def as_key(value):
    """What a dictionary can find: a list as a tuple."""
    return tuple(map(as_key, value)) if isinstance(value, (list, tuple)) else value`,
  },
  each_as: {
    imports: [],
    text: `def each_as(shape, values):
    """The same values, each in its shape."""
    if isinstance(values, dict):
        return {key: shape(one) for key, one in values.items()}
    return type(values)(shape(one) for one in values)`,
  },
  name_of: {
    imports: [],
    text: `def name_of(enumeration, value):
    """What a number is called there."""
    return next((name for name, each in vars(enumeration).items() if each == value), None)`,
  },
  members_of: {
    imports: [],
    text: `def members_of(enumeration):
    """What an enumeration lists, by name."""
    return {name: value for name, value in vars(enumeration).items() if not name.startswith("_")}`,
  },
  error_name: {
    imports: [],
    text: `def error_name(error):
    """What JavaScript calls an error of this kind."""
    name = getattr(error, "name", type(error).__name__)
    return {"RuntimeError": "Error", "ValueError": "RangeError"}.get(name, name)`,
  },
  as_shown: {
    imports: [],
    text: `class as_shown(str):
    """A text that is shown without quotes."""

    def __repr__(self):
        return str(self)`,
  },
  with_item: {
    imports: [],
    text: `def with_item(values, at, value):
    """The list again, with another value at one place."""
    made = list(values)
    made[at] = value
    return made`,
  },
  locale_compare: {
    imports: ["import unicodedata"],
    text: `def locale_compare(a, b):
    """Which of two texts is first in an index: -1, 0 or 1. Letters count before their accents, those before their case."""
    signs = "_-,;:!?.'\\"()[]{}@*/\\\\&#%\`^+<=>|~$"

    def letters(text):
        plain = [c for c in unicodedata.normalize("NFD", text).lower() if unicodedata.category(c) != "Mn"]
        return "".join("1" + chr(33 + signs.find(c)) if c in signs else "0" + c if c.isspace() else "2" + c for c in plain)

    def accents(text):
        return unicodedata.normalize("NFD", text).lower()

    def case(text):
        return text.swapcase()

    for part in (letters, accents, case):
        if part(a) != part(b):
            return -1 if part(a) < part(b) else 1
    return 0`,
  },
  cbrt: {
    imports: [],
    text: `def cbrt(x):
    """The cube root, whole where there is a whole one."""
    root = abs(x) ** (1 / 3)
    root = round(root) if round(root) ** 3 == abs(x) else root
    return -root if x < 0 else root`,
  },
  call_if_there: {
    imports: [],
    text: `def call_if_there(of, name, *given):
    """Calls what a dictionary, or any other object, has by that name, if it has it."""
    if isinstance(of, dict):
        return None if of.get(name) is None else of[name](*given)
    return getattr(of, name)(*given) if hasattr(of, name) else None`,
  },
  take_out: {
    imports: [],
    text: `def take_out(dictionary, key):
    """Takes an entry out, and says whether it was there."""
    was_there = key in dictionary
    if was_there:
        del dictionary[key]
    return was_there`,
  },
  take_away: {
    imports: [],
    text: `def take_away(values, value):
    """Takes a value out of a set, and says whether it was there."""
    was_there = value in values
    values.discard(value)
    return was_there`,
  },
  math_function: {
    imports: ["import math"],
    text: `def math_function(name):
    """What JavaScript's Math has by that name."""
    others = {"abs": abs, "max": max, "min": min, "pow": pow, "round": lambda x: math.floor(x + 0.5), "sign": lambda x: (x > 0) - (x < 0)}
    return others.get(name) or getattr(math, name)`,
  },
  splice: {
    imports: [],
    text: `def splice(values, start, count=None, *items):
    """Takes entries out, puts others in their place, and gives those that were taken."""
    begin = max(0, len(values) + start) if start < 0 else start
    end = len(values) if count is None else begin + count
    taken = values[begin:end]
    values[begin:end] = items
    return taken`,
  },
  member_of: {
    imports: [],
    text: `def member_of(of, name):
    """What a dictionary, or any other object, has by that name."""
    return of[name] if isinstance(of, dict) or not isinstance(name, str) else getattr(of, name)`,
  },
  set_member: {
    imports: [],
    text: `def set_member(of, name, value):
    """Gives a dictionary, or any other object, something by that name."""
    if isinstance(of, dict) or not isinstance(name, str):
        of[name] = value
    else:
        setattr(of, name, value)`,
  },
  groups_of: {
    imports: [],
    text: `def groups_of(match):
    """What a regular expression has found, and its groups."""
    return [match[0], *match.groups()]`,
  },
  index_of: {
    imports: [],
    text: `def index_of(values, value):
    """Where the value is first; -1 where it isn't."""
    return values.index(value) if value in values else -1`,
  },
  last_index_of: {
    imports: [],
    text: `def last_index_of(values, value):
    """Where the value is last; -1 where it isn't."""
    return len(values) - 1 - values[::-1].index(value) if value in values else -1`,
  },
  next_step: {
    imports: [],
    text: `def next_step(iterator):
    """What an iterator gives next, and whether it has come to its end."""
    try:
        return {"value": next(iterator), "done": False}
    except StopIteration as end:
        return {"value": end.value, "done": True}`,
  },
  number: {
    imports: ["import math"],
    text: `def number(text):
    """The number that is meant, or that a text says: whole where it has no fraction."""
    base = {"0x": 16, "0o": 8, "0b": 2}.get(str(text)[:2])
    if base:
        return int(text[2:], base)
    try:
        value = float(text or 0)
    except ValueError:
        return math.nan
    return int(value) if value % 1 == 0 else value`,
  },
  remainder: {
    imports: [],
    text: `def remainder(a, b):
    """What a division leaves, with the sign of what is divided."""
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest`,
  },
  leading_integer: {
    imports: ["import math"],
    text: `def leading_integer(text, base=10):
    """The whole number that a text begins with."""
    text = str(text).strip()
    length = 1 if text.startswith(("-", "+")) else 0
    while length < len(text) and text[length].lower() in "0123456789abcdefghijklmnopqrstuvwxyz"[:base]:
        length += 1
    return int(text[:length], base) if text[:length].strip("+-") else math.nan`,
  },
  leading_number: {
    imports: ["import math", "import re"],
    text: `def leading_number(text):
    """The number that a text begins with: whole where it has no fraction."""
    found = re.match(r"\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)(e[-+]?\\d+)?", text, re.IGNORECASE)
    value = float(found[0]) if found else math.nan
    return int(value) if value % 1 == 0 else value`,
  },
  replaced: {
    imports: ["import copy"],
    text: `def replaced(of, **changes):
    """The object again, with some of its fields changed."""
    made = copy.copy(of)
    vars(made).update(changes)
    return made`,
  },
  int32: {
    imports: [],
    text: `def int32(x):
    """The number as a signed integer of 32 bits."""
    return int(x) - (int(x) + 2147483648) // 4294967296 * 4294967296`,
  },
  uint32: {
    imports: [],
    text: `def uint32(x):
    """The number as an unsigned integer of 32 bits."""
    return int(x) - int(x) // 4294967296 * 4294967296`,
  },
  imul: {
    imports: [],
    text: `def imul(a, b):
    """The product of two integers of 32 bits, as one of them."""
    low, high = int32(a) & 65535, int32(a) >> 16 & 65535
    return int32(high * (int32(b) & 65535) % 65536 * 65536 + low * int32(b))`,
  },
} satisfies Readonly<Record<string, Helper>>;
