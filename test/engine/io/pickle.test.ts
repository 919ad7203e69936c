import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { ByteReader } from "../../../src/engine/io/byteReader.ts";
import { pickle } from "../../../src/engine/io/pickleWriter.ts";
import { unpickle } from "../../../src/engine/io/pickleReader.ts";
import { torchGlobal } from "../../../src/engine/io/torchGlobals.ts";
import { readTorch } from "../../../src/engine/io/torchReader.ts";
import type { Tensor } from "../../../src/engine/tensor.ts";
import { fixtureBytes } from "../../fixtures/files/read.ts";

function read(bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes, "x.pt");
  return unpickle(reader, { resolve: torchGlobal("x.pt", bytes.length), persistent: () => reader.fail("no storages here") });
}

/** A pickle of characters below 256. */
const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A PyTorch file with this pickle. */
const archive = (content: Uint8Array): Uint8Array => zipSync({ "archive/data.pkl": content, "archive/version": strToU8("3\n") });

describe("reading pickles", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    it(`of protocol ${protocol} gives what Python wrote`, () => {
      const found = read(fixtureBytes(`plain_${protocol}.pkl`)) as Record<string, unknown>;
      assert.deepEqual(found, {
        int: [0, -1, 255, 65535, -(2 ** 31), 2 ** 40, -(2n ** 63n), 2n ** 70n, -(2n ** 70n)],
        float: [0.5, -0, 1e300, Infinity],
        bool: [true, false, null],
        text: "größe € 😀 \\ \n",
        bytes: new Uint8Array([0, 255]),
        set: new Set([1, 2]),
        nested: [[], {}, [[]], new Map([[1, { a: [1] }]])],
        again: [[], {}, [[]], new Map([[1, { a: [1] }]])],
      });
      assert.equal(found.again, found.nested);
    });
  }

  for (const name of [
    "os.system",
    "posix.system",
    "subprocess.Popen",
    "builtins.eval",
    "builtins.exec",
    "builtins.getattr",
    "builtins.__import__",
    "__builtin__.open",
    "torch.load",
    "torch.storage._load_from_bytes",
    "torch._utils._rebuild_sparse_tensor",
    "torch.jit._script.unpackage_script_module",
    "functools.partial",
    "operator.attrgetter",
    "numpy.core.numeric.fromfile",
    "numpy.fromfile",
    "collections.ChainMap",
    "torch.constructor",
    "torch.__proto__",
    "builtins.object",
  ]) {
    it(`refuses ${name} by its name`, () => {
      const dot = name.lastIndexOf(".");
      const [module, own] = [name.slice(0, dot), name.slice(dot + 1)];
      const words = { message: `refused: x.pt asks for ${name}; only tensors and plain values are read` };
      assert.throws(() => read(latin(`\x80\x02}X\x01\0\0\0ac${module}\n${own}\n(X\x04\0\0\0touchtRs.`)), words);
      assert.throws(
        () => read(latin(`\x80\x04\x8c${String.fromCharCode(module.length)}${module}\x8c${String.fromCharCode(own.length)}${own}\x93.`)),
        (error: Error) => error.message.startsWith(words.message),
      );
    });
  }

  it("calls nothing that isn't a listed function, and gives none away", () => {
    assert.throws(() => read(latin("\x80\x02X\x01\0\0\0a)R.")), /x\.pt, byte \d+: the pickle calls what can't be called/);
    assert.throws(() => read(latin("\x80\x02ctorch\nFloatStorage\n)R.")), /calls what can't be called/);
    assert.throws(() => read(latin("\x80\x02]ccollections\nOrderedDict\na.")), /holds a class or function as a value/);
    assert.throws(() => read(latin("\x80\x02]}b.")), /sets attributes of a plain value/);
  });

  it("lets no key change what an object is", () => {
    const found = read(latin("\x80\x02}X\x09\0\0\0__proto__}X\x01\0\0\0aK\x01ss.")) as object;
    assert.deepEqual(Object.keys(found), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(found), Object.prototype);
    assert.equal((found as { a?: unknown }).a, undefined);
  });

  it("says at which byte a damaged one goes wrong", () => {
    assert.throws(() => read(latin("\x80\x02X\xff\xff\xff\xffabc.")), /x\.pt, byte 7: 4294967295 bytes are expected here, but 4 are left/);
    assert.throws(() => read(latin("\x80\x02h\x07.")), /x\.pt, byte 4: the pickle refers to value 7, which it hasn't stored/);
    assert.throws(() => read(latin("\x80\x02\x01.")), /x\.pt, byte 2: 0x1 is no pickle operation/);
    assert.throws(() => read(latin("\x80\x07N.")), /pickle protocol 7 is not known/);
    assert.throws(() => read(latin("\x80\x02t.")), /goes back to a mark that it hasn't set/);
    assert.throws(() => read(latin("\x80\x02.")), /takes a value from an empty stack/);
    assert.throws(() => read(latin("\x80\x02N")), /x\.pt, byte 3: 1 bytes are expected here, but 0 are left/);
    assert.throws(() => read(latin(`L${"9".repeat(5000)}\n.`)), /is not a whole number/);
  });

  it("of options and paths that a training kept beside its weights gives what they hold", () => {
    // pickle.dumps({"args": argparse.Namespace(lr=0.5, out=pathlib.Path("/runs/a"))}, 2)
    const path = "cpathlib\nPosixPath\nX\x01\0\0\0/X\x04\0\0\0runsX\x01\0\0\0a\x87R";
    const options = `cargparse\nNamespace\n)\x81}(X\x02\0\0\0lrG?\xe0\0\0\0\0\0\0X\x03\0\0\0out${path}ub`;
    assert.deepEqual(read(latin(`\x80\x02}X\x04\0\0\0args${options}s.`)), { args: { lr: 0.5, out: "/runs/a" } });
    assert.throws(() => read(latin("\x80\x02cargparse\nNamespace\n)\x81K\x01b.")), /x\.pt: options of a command line are described in a way that can't be/);
  });

  it("of dates, and of dictionaries that make their own entries, gives what they hold", () => {
    // pickle.dumps(defaultdict(list, a=[1]), 2), pickle.dumps(deque([1], maxlen=2), 2)
    assert.deepEqual(read(latin("\x80\x02ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RX\x01\0\0\0a]K\x01as.")), { a: [1] });
    assert.deepEqual(read(latin("\x80\x02ccollections\ndeque\n)K\x02\x86RK\x01a.")), [1]);
    // datetime(2024, 1, 2, 3, 4, 5, 6000, tzinfo=timezone(timedelta(seconds=90))), in protocol 2
    const bytes = "c_codecs\nencode\nX\x0b\0\0\0\x07\xc3\xa8\x01\x02\x03\x04\x05\0\x17pX\x06\0\0\0latin1\x86R";
    const zone = "cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0KZK\0\x87R\x85R";
    assert.deepEqual(read(latin(`\x80\x02cdatetime\ndatetime\n${bytes}${zone}\x86R.`)), new Date("2024-01-02T03:02:35.006Z"));
    assert.deepEqual(read(latin(`\x80\x02cdatetime\ndatetime\n${bytes}\x85R.`)), new Date(2024, 0, 2, 3, 4, 5, 6));
    assert.equal(read(latin("\x80\x02cdatetime\ntimedelta\nK\x01KZK\0\x87R.")), 86_490);
    assert.throws(() => read(latin("\x80\x02cdatetime\ndatetime\nK\x01\x85R.")), /x\.pt: a date is described in a way that can't be/);
  });

  it("of an array whose bytes are most of the file gives it", () => {
    // pickle.dumps(np.zeros(500, np.uint8), 2), as of NumPy's generator in a checkpoint.
    const encoded = `c_codecs\nencode\nX\xf4\x01\0\0${"\0".repeat(500)}X\x06\0\0\0latin1\x86R`;
    const type = "cnumpy\ndtype\nX\x02\0\0\0u1K\0K\x01\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb";
    const array = `cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85c_codecs\nencode\nX\x01\0\0\0bX\x06\0\0\0latin1\x86R\x87R(K\x01M\xf4\x01\x85${type}\x89${encoded}tb`;
    assert.deepEqual((read(latin(`\x80\x02${array}.`)) as Tensor).shape, [500]);
  });

  it("of the state of NumPy's generator gives its numbers, though no tensor here holds them", () => {
    // pickle.dumps(np.array([1, 2**32 - 1], np.uint32), 2)
    const type = "cnumpy\ndtype\nX\x02\0\0\0u4K\0K\x01\x87R(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb";
    const bytes = "c_codecs\nencode\nX\x0c\0\0\0\x01\0\0\0\xc3\xbf\xc3\xbf\xc3\xbf\xc3\xbfX\x06\0\0\0latin1\x86R";
    const array = `cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85c_codecs\nencode\nX\x01\0\0\0bX\x06\0\0\0latin1\x86R\x87R(K\x01K\x02\x85${type}\x89${bytes}tb`;
    assert.deepEqual(read(latin(`\x80\x02${array}.`)), [1, 2 ** 32 - 1]);
  });

  it("takes any depth without running out of stack", () => {
    let found = read(latin(`\x80\x02${"]".repeat(100_000)}${"a".repeat(99_999)}.`)) as unknown[];
    let depth = 1;
    for (; found.length > 0; depth++) found = found[0] as unknown[];
    assert.equal(depth, 100_000);
  });

  it("takes memory in proportion to the file, whatever it asks for", () => {
    const text = "x".repeat(1000);
    const encode = "c_codecs\nencode\nq\x020";
    const many = `\x80\x02X\xe8\x03\0\0${text}q\x010${encode}](${"h\x02h\x01\x85R".repeat(1000)}e.`;
    assert.throws(() => read(latin(many)), /x\.pt: its values are larger than the file itself/);
  });
});

describe("archives that would unpack to more than they can hold", () => {
  it("are refused before room is made", () => {
    const honest = archive(pickle({ a: 1 }, "x.pt", () => assert.fail("no tensors")));
    assert.deepEqual(readTorch(honest, "x.pt"), { a: 1 });
    const claims = honest.slice();
    const directory = Buffer.from(claims).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    new DataView(claims.buffer).setUint32(directory + 24, 0xfffffff0, true);
    assert.throws(() => readTorch(claims, "x.pt"), /x\.pt is damaged: "archive\/data\.pkl" claims 4294967280 bytes/);
  });

  it("are refused where their entries overlap", () => {
    const honest = archive(pickle("x".repeat(3000), "x.pt", () => assert.fail("no tensors")));
    const doubled = honest.slice();
    const directory = Buffer.from(doubled).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const packed = new DataView(doubled.buffer).getUint32(directory + 20, true);
    new DataView(doubled.buffer).setUint32(directory + 20, packed + doubled.length, true);
    assert.throws(() => readTorch(doubled, "x.pt"), /x\.pt is damaged: its directory lists more than it holds/);
  });

  it("unpack where a file is honestly small", () => {
    const zeroBytes = new Uint8Array(1 << 20);
    assert.ok(deflateRawSync(zeroBytes).length < 2000);
    const content = pickle([0], "x.pt", () => assert.fail("no tensors"));
    const bytes = zipSync({ "archive/data.pkl": content, "archive/data/0": zeroBytes }, { level: 9 });
    assert.deepEqual(readTorch(bytes, "x.pt"), [0]);
  });
});
