/** What of PyTorch Kindling leaves out on purpose, and why. */

interface Decline {
  readonly why: string;
  /** Whole names as PyTorch has them, with or without their module, or a pattern for the name without it. */
  readonly names: readonly (string | RegExp)[];
}

export const declined: readonly Decline[] = [
  {
    why: "sparse, quantized and nested tensors don't exist here: tensors are dense",
    names: [
      "SparseAdam",
      /^(to_sparse|sparse_|is_sparse|resize_as_sparse_|q_|smm$|sspaddmm$|coalesce$|is_coalesced$|dense_dim$|to_dense$|values$|indices$)/,
      /^(c?col_indices|c?crow_indices|row_indices|dequantize|int_repr|qscheme|is_quantized|is_nested|to_padded_tensor|to_mkldnn|is_mkldnn)$/,
    ],
  },
  {
    why: "there are no complex numbers here",
    names: [/^(cfloat|cdouble|chalf|conj|conj_physical_?|resolve_conj|resolve_neg|imag|real|is_conj|is_neg|angle|istft|stft|H|mH)$/],
  },
  { why: "named dimensions are an experiment that PyTorch itself left behind", names: [/^(align_as|align_to|has_names|names|rename_?|refine_names)$/] },
  {
    why: 'there is one device, the processor; `to("cpu")` and `device` say so',
    names: [/^(cuda|ipu|xpu|get_device|pin_memory|is_pinned|record_stream|is_(cuda|ipu|meta|mps|ort|vulkan|xpu|cpu))$/],
  },
  { why: "float32 is the only floating-point type; files in others are converted as they are read", names: [/^(half|bfloat16|short|char)$/] },
  {
    why: "one process trains, without data-parallel copies or shared memory",
    names: ["DataParallel", "SyncBatchNorm", /^(share_memory_|is_shared|is_distributed)$/],
  },
  {
    why: "deprecated in PyTorch, under another name in this list",
    names: [
      "Container",
      "NLLLoss2d",
      "CrossMapLRN2d",
      /^(upsample|upsample_bilinear|upsample_nearest|eig|symeig|lstsq|solve|triangular_solve|volatile|reinforce|new|conv_tbc|native_channel_shuffle)$/,
    ],
  },
  { why: "base classes of PyTorch's own code, not for users", names: ["RNNBase", "RNNCellBase"] },
  {
    why: "data pipes are an experiment that PyTorch itself gave up; `Dataset`, `IterableDataset` and `DataLoader` are here",
    names: [
      "DFIterDataPipe",
      "DataChunk",
      "DataLoader2",
      "IterDataPipe",
      "MapDataPipe",
      "argument_validation",
      "communication",
      "collate",
      "functional_datapipe",
      "guaranteed_datapipes_determinism",
      "non_deterministic",
      "runtime_validation",
      "runtime_validation_disabled",
    ],
  },
  {
    why: "memory belongs to the engine: programs see shapes and values, not storages",
    names: [
      /^(set_|resize(_as)?_?|data_ptr|storage(_offset|_type)?|is_set_to|layout|new_empty_strided|as_subclass|apply_|map_|map2_|output_nr|as_strided_|as_strided_scatter|name|unsafe_chunk|unsafe_split|unsafe_split_with_sizes)$/,
    ],
  },
  {
    why: "LAPACK's inner steps and other names of what `linalg` has: `linalg.qr`, `linalg.lu`, `linalg.luFactor`, `linalg.luSolve`",
    names: [/^(geqrf|lu|lu_solve|orgqr|ormqr|householder_product)$/],
  },
  {
    why: "decompositions of symmetric matrices that aren't positive-definite; `linalg.eigh` and `linalg.solve` take them",
    names: [/^ldl_(factor|factor_ex|solve)$/],
  },
  {
    why: "eigenvalues may be complex, and there are no complex numbers here; the name is there and its error says so. `linalg.eigh` and `linalg.svdvals` are the ways",
    names: ["torch.linalg.eig", "torch.linalg.eigvals"],
  },
  { why: "a special function that no network here has needed", names: [/^(igammac?_?|polygamma_?|mvlgamma_?|renorm_?)$/] },
  { why: "returned by the function without the suffix under `returnIndices`", names: [/_with_indices$/] },
  { why: "spatial transformers are beyond what this engine is for", names: ["affine_grid", "grid_sample"] },
  {
    why: "classes behind the functions, which are here",
    names: [/^prune\.(BasePruningMethod|CustomFromMask|Identity|LnStructured|PruningContainer|RandomStructured|abstractmethod)$/],
  },
  {
    why: "a parametrization by a triangle of its own; `linalg.matrixExp` of a skew matrix is orthogonal, and `nn.init.orthogonal_` gives orthogonal first values",
    names: ["parametrizations.orthogonal"],
  },
  { why: "`histc` counts; edges come from `linspace`", names: ["histogram"] },
  { why: "one pass names its operations and lines in errors already", names: ["detect_anomaly"] },
  {
    why: "beyond the distributions that training draws from and scores with (of those here, `Independent` joins dimensions and `registerKl` adds divergences)",
    names: [
      /^(Beta|Binomial|Chi2|ContinuousBernoulli|Dirichlet|ExponentialFamily|FisherSnedecor|Gamma|Geometric|Gumbel|Half(Cauchy|Normal)|Kumaraswamy|LKJCholesky|LogisticNormal|LowRankMultivariateNormal|MixtureSameFamily|Multinomial|NegativeBinomial|Pareto|Poisson|Relaxed\w+|StudentT|VonMises|Weibull|Wishart)$/,
      /^(TransformedDistribution|\w*Transform|identity_transform|biject_to|transform_to)$/,
    ],
  },
];

/** Names that the camelCase rule alone doesn't give. */
export const elsewhere: Readonly<Record<string, string>> = {
  "Tensor.numpy": "toTypedArray",
};
