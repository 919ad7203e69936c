/** Functions of single elements and of pairs. */
import type { DType } from "../../engine/dtype.ts";
import { approximateGelu } from "../../engine/ops/activations.ts";
import { inType, inWholes, type Call, type Form, type Forms, type Graph } from "../graph.ts";
import { drawnAnew, Refusal } from "../refusal.ts";
import type { Size } from "../sizes.ts";

// --- one element ----------------------------------------------------------------------------------------------------

interface UnaryData {
  readonly alpha: number;
  readonly beta: number;
  readonly code?: number;
}

/** @param make nodes from the value, in float32 */
function unary(make: (graph: Graph, x: string, data: UnaryData) => string): Form {
  return (call) => make(call.graph, inType(call, call.inputs[0]!, "float32"), call.data as UnaryData);
}

const plain = (type: string): Form => unary((graph, x) => graph.op(type, [x]));
const scaled = (graph: Graph, x: string, factor: number): string => (factor === 1 ? x : graph.op("Mul", [x, graph.scalar(factor)]));

/** ½x·(1 + …) */
function halfGate(graph: Graph, x: string, inner: string): string {
  return graph.op("Mul", [scaled(graph, x, 0.5), graph.op("Add", [inner, graph.scalar(1)])]);
}

const gelu = unary((graph, x, { code }) => {
  if (code !== approximateGelu) return halfGate(graph, x, graph.op("Erf", [scaled(graph, x, Math.SQRT1_2)]));
  const cubes = scaled(graph, graph.op("Mul", [graph.op("Mul", [x, x]), x]), 0.044715);
  return halfGate(graph, x, graph.op("Tanh", [scaled(graph, graph.op("Add", [x, cubes]), Math.sqrt(2 / Math.PI))]));
});

/** ln(1 + e^(βx)) / β, and x itself where βx > threshold. */
const softplus = unary((graph, x, { alpha: beta, beta: threshold }) => {
  const inner = scaled(graph, x, beta);
  const smooth = scaled(graph, graph.op("Softplus", [inner]), 1 / beta);
  return graph.op("Where", [graph.op("Greater", [inner, graph.scalar(threshold)]), x, smooth]);
});

/** −softplus(−x) as −(max(−x, 0) + ln(1 + e^−|x|)) */
const logSigmoid = unary((graph, x) => {
  const tail = graph.op("Log", [graph.op("Add", [graph.op("Exp", [graph.op("Neg", [graph.op("Abs", [x])])]), graph.scalar(1)])]);
  return graph.op("Sub", [graph.op("Min", [x, graph.scalar(0)]), tail]);
});

const clip = unary((graph, x, { alpha, beta }) => {
  const bounds = [Number.isFinite(alpha) ? graph.scalar(alpha) : "", Number.isFinite(beta) ? graph.scalar(beta) : ""];
  return graph.op("Clip", [x, ...bounds]);
});

const trunc = unary((graph, x) => graph.op("Mul", [graph.op("Sign", [x]), graph.op("Floor", [graph.op("Abs", [x])])]));

const wholeSign: Form = (call) => (call.inputs[0]!.dtype === "float32" ? plain("Sign")(call) : call.graph.op("Sign", [call.inputs[0]!.value]));

const functionsOfOne: Forms = {
  Neg: plain("Neg"),
  Abs: plain("Abs"),
  Exp: plain("Exp"),
  Expm1: unary((graph, x) => graph.op("Sub", [graph.op("Exp", [x]), graph.scalar(1)])),
  Log: plain("Log"),
  Log1P: unary((graph, x) => graph.op("Log", [graph.op("Add", [x, graph.scalar(1)])])),
  Log2: unary((graph, x) => scaled(graph, graph.op("Log", [x]), Math.LOG2E)),
  Log10: unary((graph, x) => scaled(graph, graph.op("Log", [x]), Math.LOG10E)),
  Exp2: unary((graph, x) => graph.op("Pow", [graph.scalar(2), x])),
  Sqrt: plain("Sqrt"),
  Rsqrt: unary((graph, x) => graph.op("Reciprocal", [graph.op("Sqrt", [x])])),
  Reciprocal: plain("Reciprocal"),
  Sin: plain("Sin"),
  Cos: plain("Cos"),
  Tan: plain("Tan"),
  Asin: plain("Asin"),
  Acos: plain("Acos"),
  Atan: plain("Atan"),
  Sinh: plain("Sinh"),
  Cosh: plain("Cosh"),
  Asinh: plain("Asinh"),
  Acosh: plain("Acosh"),
  Atanh: plain("Atanh"),
  Tanh: plain("Tanh"),
  Sigmoid: plain("Sigmoid"),
  Sinc: unary((graph, x) => {
    const angle = scaled(graph, x, Math.PI);
    return graph.op("Where", [graph.op("Equal", [x, graph.scalar(0)]), graph.scalar(1), graph.op("Div", [graph.op("Sin", [angle]), angle])]);
  }),
  Erf: plain("Erf"),
  Erfc: unary((graph, x) => graph.op("Sub", [graph.scalar(1), graph.op("Erf", [x])])),
  Relu: plain("Relu"),
  Gelu: gelu,
  Silu: unary((graph, x) => graph.op("Mul", [x, graph.op("Sigmoid", [x])])),
  Softplus: softplus,
  LogSigmoid: logSigmoid,
  Mish: unary((graph, x) => graph.op("Mul", [x, graph.op("Tanh", [graph.op("Softplus", [x])])])),
  Hardswish: plain("HardSwish"),
  Hardsigmoid: unary((graph, x) => graph.op("HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })),
  LeakyRelu: unary((graph, x, { alpha }) => graph.op("LeakyRelu", [x], { alpha: { float: alpha } })),
  Elu: unary((graph, x, { alpha }) => graph.op("Elu", [x], { alpha: { float: alpha } })),
  Sign: wholeSign,
  Floor: plain("Floor"),
  Ceil: plain("Ceil"),
  Round: plain("Round"),
  Trunc: trunc,
};

// --- pairs ----------------------------------------------------------------------------------------------------------

interface PairData {
  readonly shapeB?: unknown;
  readonly scalar?: Size;
  readonly alpha?: Size;
  readonly mode?: "floor" | "trunc";
}

type Pair = (graph: Graph, a: string, b: string, data: PairData) => string;

/** Runtimes have kernels for these two types. */
const computedAs = (dtype: DType): "float32" | "int32" => (dtype === "float32" ? "float32" : "int32");

/** Both operands in the type of the result. */
function pair(make: Pair): Form {
  return (call) => {
    const { graph, inputs, outputs } = call;
    // What dropout keeps is the only product that remembers but one number.
    if (typeof call.data === "number") throw drawnAnew;
    const data = (call.data ?? {}) as PairData;
    const dtype = computedAs(outputs[0]!.dtype);
    const a = inType(call, inputs[0]!, dtype);
    const b = data.shapeB === null ? graph.number(data.scalar!, dtype) : inType(call, inputs[1]!, dtype);
    const factor = data.alpha ?? 1;
    const result = make(graph, a, factor === 1 ? b : graph.op("Mul", [b, graph.number(factor, dtype)]), data);
    return dtype === outputs[0]!.dtype ? result : graph.cast(result, outputs[0]!.dtype);
  };
}

const joined = (type: string, attributes = {}): Form => pair((graph, a, b) => graph.op(type, [a, b], attributes));

const squareOrPower: Form = (call) => {
  if ((call.data as UnaryData).code === undefined) return joined("Pow")(call);
  return unary((graph, x) => graph.op("Mul", [x, x]))(call);
};

/** What is left of a, with the sign of b: exact, where a − b·⌊a / b⌋ would be rounded. */
const remainder = pair((graph, a, b) => {
  const rest = graph.op("Mod", [a, b], { fmod: 1 });
  return graph.op("Where", [hasOtherSign(graph, rest, b), graph.op("Add", [rest, b]), rest]);
});

function hasOtherSign(graph: Graph, rest: string, b: string): string {
  return graph.op("Less", [graph.op("Mul", [graph.op("Sign", [rest]), graph.op("Sign", [b])]), graph.scalar(0)]);
}

/** The quotient of whole numbers is cut off by ONNX, and rounded down where it was asked for. */
const wholeQuotient = pair((graph, a, b, { mode }) => (mode === "floor" ? flooredWholes(graph, a, b) : graph.op("Div", [a, b])));

function flooredWholes(graph: Graph, a: string, b: string): string {
  const cut = graph.op("Div", [a, b]);
  const isBelow = graph.op("And", [
    graph.op("Not", [graph.op("Equal", [graph.op("Mul", [cut, b]), a])]),
    graph.op("Xor", [graph.op("Less", [a, graph.scalar(0, "int32")]), graph.op("Less", [b, graph.scalar(0, "int32")])]),
  ]);
  return graph.op("Sub", [cut, graph.cast(isBelow, "int32")]);
}

/** 2ⁿ, for at most as many bits as a whole number can be divided by. */
function powerOfTwo(graph: Graph, bits: string, most: number): string {
  return graph.op("Pow", [graph.scalar(2, "int32"), graph.op("Min", [bits, graph.scalar(most, "int32")])]);
}

/** ONNX shifts numbers without a sign alone. */
const shiftedLeft = pair((graph, a, bits) => graph.op("Mul", [a, powerOfTwo(graph, bits, 31)]));

const shiftedRight = pair((graph, a, bits) => {
  const more = graph.op("Max", [graph.op("Sub", [bits, graph.scalar(30, "int32")]), graph.scalar(0, "int32")]);
  return flooredWholes(graph, flooredWholes(graph, a, powerOfTwo(graph, bits, 30)), powerOfTwo(graph, more, 30));
});

/** −1 − x */
const otherBits: Form = (call) => inWholes(call, () => call.graph.op("Sub", [call.graph.scalar(-1, "int32"), inType(call, call.inputs[0]!, "int32")]));

const roundedQuotient: Form = (call) => {
  const { graph, inputs } = call;
  const { mode, divisor } = call.data as { mode: "floor" | "trunc"; divisor: Size | null };
  const b = divisor === null ? inType(call, inputs[1]!, "float32") : graph.number(divisor, "float32");
  const a = inType(call, inputs[0]!, "float32");
  if (mode === "floor") return flooredQuotient(graph, a, b);
  const quotient = graph.op("Div", [a, b]);
  return graph.op("Mul", [graph.op("Sign", [quotient]), graph.op("Floor", [graph.op("Abs", [quotient])])]);
};

/** ⌊a / b⌋ of the exact quotient, which that of floats may have been rounded up from; by zero as it is. */
function flooredQuotient(graph: Graph, a: string, b: string): string {
  const rest = graph.op("Mod", [a, b], { fmod: 1 });
  const whole = graph.op("Round", [graph.op("Div", [graph.op("Sub", [a, rest]), b])]);
  const below = graph.op("Where", [hasOtherSign(graph, rest, b), graph.op("Sub", [whole, graph.scalar(1)]), whole]);
  return graph.op("Where", [graph.op("Equal", [b, graph.scalar(0)]), graph.op("Div", [a, b]), below]);
}

const lerp: Form = ({ graph, inputs: [start, end], data }) =>
  graph.op("Add", [start!.value, graph.op("Mul", [graph.op("Sub", [end!.value, start!.value]), graph.number(data as Size, "float32")])]);

/** The angle of (x, y): that of the right half, turned where x is negative. Zero has a sign, which tells the half. */
const atan2 = pair((graph, y, x) => {
  const [zero, pi] = [graph.scalar(0), graph.scalar(Math.PI)];
  const half = graph.op("Where", [isNegative(graph, y), graph.op("Neg", [pi]), pi]);
  const isOrigin = graph.op("And", [graph.op("Equal", [x, zero]), graph.op("Equal", [y, zero])]);
  const right = graph.op("Where", [isOrigin, y, graph.op("Atan", [graph.op("Div", [y, x])])]);
  const turned = graph.op("Where", [isOrigin, half, graph.op("Add", [right, half])]);
  return graph.op("Where", [isNegative(graph, x), turned, right]);
});

/** −0 is so, too: its reciprocal shows it. */
function isNegative(graph: Graph, value: string): string {
  const zero = graph.scalar(0);
  return graph.op("Or", [graph.op("Less", [value, zero]), graph.op("Less", [graph.op("Reciprocal", [value]), zero])]);
}

const hypot = pair((graph, a, b) => graph.op("Sqrt", [graph.op("Add", [graph.op("Mul", [a, a]), graph.op("Mul", [b, b])])]));

const functionsOfTwo: Forms = {
  Add: joined("Add"),
  Sub: joined("Sub"),
  Mul: joined("Mul"),
  Div: joined("Div"),
  Pow: squareOrPower,
  Maximum: joined("Max"),
  Minimum: joined("Min"),
  Remainder: remainder,
  Fmod: joined("Mod", { fmod: 1 }),
  Lerp: lerp,
  Hypot: hypot,
  Atan2: atan2,
};

// --- truth ----------------------------------------------------------------------------------------------------------

/** A comparison in the type that holds both. */
function comparison(make: Pair): Form {
  return (call) => {
    const { graph, inputs } = call;
    const { shapeB, scalar } = call.data as PairData;
    const types = inputs.map(({ dtype }) => dtype);
    const isWhole = types.every((dtype) => dtype !== "float32") && (shapeB !== null || typeof scalar !== "number" || Number.isInteger(scalar));
    const dtype = isWhole ? "int32" : "float32";
    const b = shapeB === null ? graph.number(Number.isNaN(scalar) ? NaN : scalar!, dtype) : inType(call, inputs[1]!, dtype);
    return make(graph, inType(call, inputs[0]!, dtype), b, {});
  };
}

const compared = (type: string): Form => comparison((graph, a, b) => graph.op(type, [a, b]));

/** |a − b| ≤ atol + rtol · |b| of finite numbers; what is equal is close in any case. */
const close: Form = (call) => {
  const { graph } = call;
  const { rtol, atol, equalNan } = call.data as { rtol: number; atol: number; equalNan: boolean };
  const [a, b] = call.inputs.map((input) => inType(call, input, "float32")) as [string, string];
  const size = graph.op("Abs", [b]);
  const tolerance = graph.op("Add", [scaled(graph, size, rtol), graph.scalar(atol)]);
  const isNear = graph.op("LessOrEqual", [graph.op("Abs", [graph.op("Sub", [a, b])]), tolerance]);
  const isFinite = graph.op("Less", [size, graph.scalar(Infinity)]);
  const result = graph.op("Or", [graph.op("Equal", [a, b]), graph.op("And", [isNear, isFinite])]);
  if (!equalNan) return result;
  return graph.op("Or", [result, graph.op("And", [graph.op("IsNaN", [a]), graph.op("IsNaN", [b])])]);
};

/** Zero is false, all else is true. */
const logical =
  (type: string): Form =>
  (call) =>
    call.graph.op(type, [inType(call, call.inputs[0]!, "bool"), inType(call, call.inputs[1]!, "bool")]);

const bitwise =
  (type: string): Form =>
  (call) => {
    if (call.outputs[0]!.dtype !== "bool") throw new Refusal(`has no ONNX form for whole numbers`);
    return logical(type)(call);
  };

/** Operations that are told by the names that users write. */
const told: Forms = {
  add: joined("Add"),
  sub: joined("Sub"),
  mul: joined("Mul"),
  div: wholeQuotient,
  pow: joined("Pow"),
  maximum: joined("Max"),
  minimum: joined("Min"),
  remainder: joined("Mod"),
  fmod: joined("Mod", { fmod: 1 }),
  add_: joined("Add"),
  sub_: joined("Sub"),
  mul_: joined("Mul"),
  div_: joined("Div"),
  eq: compared("Equal"),
  ne: comparison((graph, a, b) => graph.op("Not", [graph.op("Equal", [a, b])])),
  lt: compared("Less"),
  le: compared("LessOrEqual"),
  gt: compared("Greater"),
  ge: compared("GreaterOrEqual"),
  isclose: close,
  signbit: (call) => isNegative(call.graph, inType(call, call.inputs[0]!, "float32")),
  logicalAnd: logical("And"),
  logicalOr: logical("Or"),
  logicalXor: logical("Xor"),
  bitwiseAnd: bitwise("And"),
  bitwiseOr: bitwise("Or"),
  bitwiseXor: bitwise("Xor"),
  bitwiseNot: otherBits,
  bitwiseLeftShift: shiftedLeft,
  bitwiseRightShift: shiftedRight,
  ...Object.fromEntries(["Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Abs", "Sqrt"].map((type) => [`${type.toLowerCase()}_`, plain(type)])),
};

// --- choices --------------------------------------------------------------------------------------------------------

function chosen(call: Call, condition: number, a: number, b: number): string {
  const dtype = computedAs(call.outputs[0]!.dtype);
  const [mask, left, right] = [condition, a, b].map((i) => call.inputs[i]!) as [Call["inputs"][0], Call["inputs"][0], Call["inputs"][0]];
  const result = call.graph.op("Where", [inType(call, mask, "bool"), inType(call, left, dtype), inType(call, right, dtype)]);
  return dtype === call.outputs[0]!.dtype ? result : call.graph.cast(result, call.outputs[0]!.dtype);
}

const choices: Forms = {
  where: (call) => chosen(call, 0, 1, 2),
  WhereBackward0: (call) => chosen(call, 2, 0, 1),
  MaskedFillBackward0: (call) => {
    const [input, mask] = call.inputs;
    const { filler } = call.data as { filler: Size };
    return call.graph.op("Where", [inType(call, mask!, "bool"), call.graph.number(filler, "float32"), input!.value]);
  },
  ClampBackward1: clip,
  DivBackward1: roundedQuotient,
};

const derived = (forms: Forms): Forms => Object.fromEntries(Object.entries(forms).map(([name, form]) => [`${name}Backward0`, form]));

export const pointwise: Forms = { ...derived(functionsOfOne), ...derived(functionsOfTwo), ...told, ...choices };
