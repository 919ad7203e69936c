/** The names that the API has. Written by scripts/fromPython/names.mjs; do not edit. */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Path of a namespace → its names; the empty path is `kindling` itself. */
export const apiNames: Readonly<Record<string, ReadonlySet<string>>> = {
  "": words(`
    ArgumentError Device Generator IndexError KindlingError NumpyRandom OutOfMemoryError ShapeError Tensor abs abs_
    absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr adjoint all allclose alphaDropout amax amin
    aminmax any arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere
    asStrided asTensor asin asinh atan atan2 atanh atleast1d atleast2d atleast3d autograd baddbmm bernoulli
    bincount bitwiseAnd bitwiseLeftShift bitwiseNot bitwiseOr bitwiseRightShift bitwiseXor blockDiag bmm bool
    broadcastShapes broadcastTensors broadcastTo bucketize canCast cartesianProd cat cdist ceil celu celu_
    chainMatmul channelShuffle cholesky choleskyInverse choleskySolve chunk clamp clampMax clampMin clamp_ clip
    clone columnStack combinations concat concatenate contiguous conv1d conv2d conv3d convTranspose1d
    convTranspose2d convTranspose3d copysign corrcoef cos cosh cosineSimilarity countNonzero cov cross cuda cummax
    cummin cumprod cumsum data deepcopy deg2rad det detach device diag diagEmbed diagflat diagonal diagonalScatter
    diff digamma dist distributions div divide dot double dropout dsplit dstack einsum empty emptyLike emptyStrided
    enableGrad eq equal erf erfc erfinv exp exp2 exp_ expand expm1 eye featureAlphaDropout featureDropout fill_
    finfo fix flatten flip fliplr flipud float float32 float64 floatPower floor floorDivide fmax fmin fmod frac
    frexp fromNumpy fromTypedArray full fullLike gather gcd ge ger getDefaultDtype getNumThreads getRngState
    greater greaterEqual gt heaviside histc hsplit hstack hypot i0 iinfo indexAdd indexCopy indexFill indexPut
    indexReduce indexSelect inferenceMode initialSeed inner int int32 int64 inverse isComplex isFloatingPoint
    isGradEnabled isInference isInferenceModeEnabled isNonzero isSameSize isTensor isclose isfinite isin isinf
    isnan isneginf isposinf isreal kron kthvalue lcm ldexp le lerp less lessEqual lgamma linalg linspace load
    loadMetadata log log10 log1p log2 logSoftmax logaddexp logaddexp2 logcumsumexp logdet logicalAnd logicalNot
    logicalOr logicalXor logit logspace logsumexp long lt manualSeed maskedFill maskedScatter maskedSelect matmul
    matrixExp matrixPower max maximum mean median memoryReport meshgrid min minimum mm mode moveaxis movedim msort
    mul multinomial multiply mv nanToNum nanmean nanmedian nanquantile nansum narrow narrowCopy ne neg neg_
    negative nextafter nn noGrad nonzero norm normal notEqual numel numpyRandom ones onesLike optim outer
    pairwiseDistance pdist permute pinverse pixelShuffle pixelUnshuffle positive pow prelu prod promoteTypes put qr
    quantile rad2deg rand randLike randint randn randnLike randperm ravel reciprocal relu relu_ remainder renorm
    repeat repeatInterleave reshape resultType roll rot90 round rowStack rrelu rrelu_ rsqrt rsub save scalarTensor
    scatter scatterAdd scatterReduce searchsorted seed select selectScatter selu selu_ setDefaultDtype
    setGradEnabled setNumThreads setPrintoptions setRngState sgn sigmoid sigmoid_ sign signbit sin sinc sinh slice
    sliceScatter slogdet softmax sort split splitWithSizes sqrt sqrt_ square squeeze stack std stdMean sub subtract
    sum svd swapaxes swapdims t take takeAlongDim tan tanh tanh_ tensor tensorSplit tensordot threshold threshold_
    tile topk trace transpose trapezoid trapz tril trilIndices triu triuIndices trueDivide trunc uint8 unbind
    unflatten unique uniqueConsecutive unsqueeze vander var varMean vdot view vsplit vstack where xlogy zeros
    zerosLike
  `),
  autograd: words(`
    Function FunctionContext FunctionCtx backward detectAnomaly enableGrad functional grad gradcheck gradgradcheck
    inferenceMode isAnomalyEnabled isGradEnabled noGrad setDetectAnomaly setGradEnabled
  `),
  "autograd.functional": words(`
    hessian hvp jacobian jvp vhp vjp
  `),
  cuda: words(`
    currentDevice deviceCount emptyCache getDeviceCapability getDeviceName getDeviceProperties isAvailable
    isInitialized manualSeed manualSeedAll maxMemoryAllocated maxMemoryReserved memoryAllocated memoryReserved
    memorySummary setDevice synchronize
  `),
  data: words(`
    BatchSampler ChainDataset ConcatDataset CsvTable DataLoader Dataset DistributedSampler ImageFolder
    IterableDataset RandomSampler Sampler SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset
    WeightedRandomSampler defaultCollate defaultConvert getWorkerInfo parseCsv randomSplit readCsv readIdx
    readImage readNpy readNpz writeNpy writeNpz
  `),
  distributions: words(`
    Bernoulli Categorical Cauchy Distribution Exponential Independent Laplace LogNormal MultivariateNormal Normal
    OneHotCategorical OneHotCategoricalStraightThrough Uniform kl klDivergence registerKl
  `),
  "distributions.kl": words(`
    klDivergence registerKl
  `),
  linalg: words(`
    LinAlgError cholesky choleskyEx cond cross det diagonal eig eigh eigvals eigvalsh inv invEx lstsq lu luFactor
    luFactorEx luSolve matmul matrixExp matrixNorm matrixPower matrixRank multiDot norm pinv qr slogdet solve
    solveEx solveTriangular svd svdvals tensorinv tensorsolve vander vecdot vectorNorm
  `),
  nn: words(`
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d
    AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss
    BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d
    CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d
    ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss Dropout Dropout1d Dropout2d Dropout3d ELU
    Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU
    GRUCell GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss
    Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LSTM LSTMCell
    LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d
    LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear
    LeakyReLU Linear LocalResponseNorm LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d
    MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module ModuleDict ModuleList MultiLabelMarginLoss
    MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss NonDynamicallyQuantizableLinear PReLU
    PairwiseDistance Parameter ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN
    RNNCell RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d
    ReplicationPad3d SELU Sequential SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus
    Softshrink Softsign Tanh Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer
    TransformerEncoder TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold
    UninitializedBuffer UninitializedParameter Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d
    ZeroPad2d ZeroPad3d functional init utils
  `),
  "nn.functional": words(`
    adaptiveAvgPool1d adaptiveAvgPool2d adaptiveAvgPool3d adaptiveMaxPool1d adaptiveMaxPool2d adaptiveMaxPool3d
    alphaDropout avgPool1d avgPool2d avgPool3d batchNorm bilinear binaryCrossEntropy binaryCrossEntropyWithLogits
    celu celu_ channelShuffle conv1d conv2d conv3d convTranspose1d convTranspose2d convTranspose3d
    cosineEmbeddingLoss cosineSimilarity crossEntropy ctcLoss dropout dropout1d dropout2d dropout3d elu elu_
    embedding embeddingBag featureAlphaDropout fold fractionalMaxPool2d fractionalMaxPool3d gaussianNllLoss gelu
    glu groupNorm gumbelSoftmax hardshrink hardsigmoid hardswish hardtanh hardtanh_ hingeEmbeddingLoss huberLoss
    instanceNorm interpolate klDiv l1Loss layerNorm leakyRelu leakyRelu_ linear localResponseNorm logSoftmax
    logsigmoid lpPool1d lpPool2d marginRankingLoss maxPool1d maxPool2d maxPool3d maxUnpool1d maxUnpool2d
    maxUnpool3d mish mseLoss multiHeadAttentionForward multiMarginLoss multilabelMarginLoss
    multilabelSoftMarginLoss nllLoss normalize oneHot pad pairwiseDistance pdist pixelShuffle pixelUnshuffle
    poissonNllLoss prelu relu relu6 relu_ rmsNorm rrelu rrelu_ scaledDotProductAttention selu selu_ sigmoid silu
    smoothL1Loss softMarginLoss softmax softmin softplus softshrink softsign tanh tanhshrink threshold threshold_
    tripletMarginLoss tripletMarginWithDistanceLoss unfold
  `),
  "nn.init": words(`
    calculateGain constant_ dirac_ eye_ kaimingNormal_ kaimingUniform_ normal_ ones_ orthogonal_ sparse_
    truncNormal_ uniform_ xavierNormal_ xavierUniform_ zeros_
  `),
  "nn.utils": words(`
    clipGradNorm_ clipGradValue_ fuseConvBnEval fuseConvBnWeights fuseLinearBnEval fuseLinearBnWeights
    parametersToVector parametrizations parametrize prune removeSpectralNorm removeWeightNorm rnn skipInit
    spectralNorm stateless vectorToParameters weightNorm
  `),
  "nn.utils.parametrizations": words(`
    spectralNorm
  `),
  "nn.utils.parametrize": words(`
    ParametrizationList cached isParametrized registerParametrization removeParametrizations
  `),
  "nn.utils.prune": words(`
    L1Unstructured RandomUnstructured customFromMask globalUnstructured identity isPruned l1Unstructured
    lnStructured randomStructured randomUnstructured remove
  `),
  "nn.utils.rnn": words(`
    PackedSequence invertPermutation packPaddedSequence packSequence padPackedSequence padSequence unpackSequence
    unpadSequence
  `),
  "nn.utils.stateless": words(`
    functionalCall
  `),
  optim: words(`
    ASGD Adadelta Adagrad Adam AdamW Adamax LBFGS NAdam Optimizer RAdam RMSprop Rprop SGD SparseAdam lrScheduler
    swaUtils
  `),
  "optim.lrScheduler": words(`
    ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LRScheduler
    LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau SequentialLR StepLR
  `),
  "optim.swaUtils": words(`
    AveragedModel SWALR getEmaAvgFn updateBn
  `),
};

/** The methods and properties of tensors. */
export const tensorMembers = words(`
    T _version abs abs_ absolute absolute_ acos acos_ acosh acosh_ add add_ addbmm addbmm_ addcdiv addcdiv_ addcmul
    addcmul_ addmm addmm_ addmv addmv_ addr addr_ adjoint afterAccumulation all allclose amax amin aminmax any
    arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan arctan2 arctan2_ arctan_ arctanh
    arctanh_ argmax argmin argsort argwhere asStrided asin asin_ asinh asinh_ at atan atan2 atan2_ atan_ atanh
    atanh_ attach backward baddbmm baddbmm_ beforeChange bernoulli bernoulli_ bincount bitwiseAnd bitwiseAnd_
    bitwiseLeftShift bitwiseLeftShift_ bitwiseNot bitwiseNot_ bitwiseOr bitwiseOr_ bitwiseRightShift
    bitwiseRightShift_ bitwiseXor bitwiseXor_ bmm bool broadcastTo byte cauchy_ ceil ceil_ cholesky choleskyInverse
    choleskySolve chunk clamp clampMax clampMax_ clampMin clampMin_ clamp_ clearGrad clip clip_ clone contiguous
    copy_ copysign copysign_ corrcoef cos cos_ cosh cosh_ countNonzero cov cpu cross cuda cummax cummin cumprod
    cumprod_ cumsum cumsum_ data dataPtr deg2rad deg2rad_ det detach detach_ device diag diagEmbed diagflat
    diagonal diagonalScatter diff digamma digamma_ dim dist div div_ divide divide_ dot double dsplit elementSize
    eq eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ exp exp2 exp2_ exp_ expand expandAs expm1 expm1_ exponential_
    fillDiagonal_ fill_ fix fix_ flatten flip fliplr flipud float floatPower floatPower_ floor floorDivide
    floorDivide_ floor_ fmax fmin fmod fmod_ frac frac_ frexp gather gcd gcd_ ge ge_ geometric_ ger getDevice grad
    gradFn gradientEdge greater greaterEqual greaterEqual_ greater_ gt gt_ half hardshrink heaviside heaviside_
    histc hsplit hypot hypot_ i0 i0_ index indexAdd indexAdd_ indexCopy indexCopy_ indexFill indexFill_ indexPut
    indexPut_ indexReduce indexReduce_ indexSelect inner int inverse isComplex isContiguous isCpu isCuda
    isFloatingPoint isInference isLeaf isNonzero isParameter isSameSize isSetTo isSigned isclose isfinite isinf
    isnan isneginf isposinf isreal item itemsize kron kthvalue lcm lcm_ ldexp ldexp_ le le_ length lerp lerp_ less
    lessEqual lessEqual_ less_ lgamma lgamma_ log log10 log10_ log1p log1p_ log2 log2_ logNormal_ logSoftmax log_
    logaddexp logaddexp2 logcumsumexp logdet logicalAnd logicalAnd_ logicalNot logicalNot_ logicalOr logicalOr_
    logicalXor logicalXor_ logit logit_ logsumexp long lt lt_ mT maskedFill maskedFill_ maskedScatter
    maskedScatter_ maskedSelect matmul matrixExp matrixPower max maximum mean median min minimum mm mode moveaxis
    movedim msort mul mul_ multinomial multiply multiply_ mv nanToNum nanToNum_ nanmean nanmedian nanquantile
    nansum narrow narrowCopy nbytes ndim ndimension ne ne_ neg neg_ negative negative_ nelement newEmpty newFull
    newOnes newTensor newZeros nextafter nextafter_ nonzero norm normal_ notEqual notEqual_ numel numpy outer pad
    permute pinverse positive pow pow_ prelu prod put put_ qr quantile rad2deg rad2deg_ random_ ravel reciprocal
    reciprocal_ registerHook registerPostAccumulateGradHook relu relu_ remainder remainder_ renorm renorm_ repeat
    repeatInterleave requiresGrad requiresGrad_ reshape reshapeAs retainGrad retainsGrad roll rot90 round round_
    rsqrt rsqrt_ scatter scatterAdd scatterAdd_ scatterReduce scatterReduce_ scatter_ select selectScatter setAt
    sgn sgn_ short sigmoid sigmoid_ sign sign_ signbit sin sin_ sinc sinc_ sinh sinh_ size slice sliceScatter
    slogdet softmax sort split splitWithSizes sqrt sqrt_ square square_ squeeze squeeze_ std storageOffset stride
    sub sub_ subtract subtract_ sum sumToSize svd swapaxes swapaxes_ swapdims swapdims_ t t_ take takeAlongDim tan
    tan_ tanh tanh_ tensorSplit tile to toString toTypedArray tolist topk trace transpose transpose_ tril tril_
    triu triu_ trueDivide trueDivide_ trunc trunc_ type typeAs unbind unflatten unfold uniform_ unique
    uniqueConsecutive unsqueeze unsqueeze_ var vdot view viewAs vsplit where xlogy xlogy_ zero_
  `);

/** The methods and properties of all classes of the API. */
export const apiMembers = words(`
    T _version abs abs_ absolute absolute_ acos acos_ acosh acosh_ activation add addModule addParamGroup
    addZeroAttn add_ addbmm addbmm_ addcdiv addcdiv_ addcmul addcmul_ addmm addmm_ addmv addmv_ addr addr_ adjoint
    advance affine afterAccumulation alignCorners all allclose alpha amax amin aminmax amount amsgrad annealEpochs
    annealStrategy any append apply approximate arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_
    arctan arctan2 arctan2_ arctan_ arctanh arctanh_ argConstraints argmax argmin args argsort argwhere asStrided
    asin asin_ asinh asinh_ assign at atan atan2 atan2_ atan_ atanh atanh_ attach attnMask averageAttnWeights
    backward backwardPre baddbmm baddbmm_ baseDist baseLrs batchFirst batchSampler batchShape batchSize batchSizes
    beforeChange began bernoulli bernoulli_ best beta betas bias biasHh biasIh biasK biasV bidirectional bincount
    bitwiseAnd bitwiseAnd_ bitwiseLeftShift bitwiseLeftShift_ bitwiseNot bitwiseNot_ bitwiseOr bitwiseOr_
    bitwiseRightShift bitwiseRightShift_ bitwiseXor bitwiseXor_ blank bmm bnB bnEps bnRm bnRv bnW bool borders
    broadcastTo buffer buffers byte categorical cauchy_ cdf ceil ceilMode ceil_ cells centered channels
    checkFeatures checkInput checkOptions checkParameter checkShape checkSizes children choice cholesky
    choleskyInverse choleskySolve choose chunk clamp clampMax clampMax_ clampMin clampMin_ clamp_ classToIdx
    classes clear clearGrad clip clip_ clone closedForm column columns components compute content contiguous convB
    convW cooldown copy_ copysign copysign_ corrcoef cos cos_ cosh cosh_ countBatch countIncludePad countNonzero
    cov covarianceMatrix cpu cross cuda cummax cummin cumprod cumprod_ cumsum cumsum_ cutoffs d dModel dampening
    data dataPtr dataset dataset_state datasets debugDescription decoder decoupledWeightDecay defaults deg2rad
    deg2rad_ delimiter delta derive describe det detach detach_ device diag diagEmbed diagflat diagonal
    diagonalScatter diff digamma digamma_ dilation dim directions dist distanceFunction div div_ divide divide_
    divisorOverride dot double downscaleFactor drawMany dropLast dropout dropout1 dropout2 dropout3 dsplit dtype
    elementSize elementwiseAffine embedDim embeddingDim encoder end endDim endFactor entries entropy
    enumerateSupport eps eq eq_ equal erf erf_ erfc erfc_ erfinv erfinv_ etaMin etas eval evaluations eventShape
    exp exp2 exp2_ expAvg expAvgSq exp_ expand expandAs expm1 expm1_ exponential_ extend extendedShape extraRepr
    factor fillDiagonal_ fill_ fix fix_ flatten flattenParameters flip fliplr flipud float floatPower floatPower_
    floor floorDivide floorDivide_ floor_ fmax fmin fmod fmod_ forBatch formula forward forwardPre frac frac_ frexp
    full funcEvals gamma gather gcd gcd_ ge ge_ generateSquareSubsequentMask generator geometric_ ger get getBuffer
    getDevice getLastLr getLr getParameter getState getSubmodule grad gradFn gradient gradientEdge greater
    greaterEqual greaterEqual_ greater_ groups gt gt_ hDiag half hardshrink has hasEnumerateSupport hasRsample head
    header heaviside heaviside_ height hiddenSize histc historySize hooks hsplit hypot hypot_ i0 i0_ icdf
    ignoreIndex importanceScores in1Features in2Features inChannels inFeatures inOrder inProjBias inProjWeight
    includeLastOffset index indexAdd indexAdd_ indexCopy indexCopy_ indexFill indexFill_ indexPut indexPut_
    indexReduce indexReduce_ indexSelect indices initialAccumulatorValue initialLr initialSeed initialState inner
    inplace input inputSize insert int inverse isCausal isComplex isContiguous isCpu isCuda isDecoupled isFinished
    isFloatingPoint isInOrder isInference isLeaf isNonzero isParameter isSameSize isSetTo isSigned isclose isfinite
    isinf isnan isneginf isposinf isreal item itemsize k kProjWeight keep keepdim kernelSize key keyPaddingMask
    keys kind kron kthvalue kwargs labelSmoothing lacks lambd lastEpoch layers lcm lcm_ ldexp ldexp_ le le_ learn
    length lengths lerp lerp_ less lessEqual lessEqual_ less_ lgamma lgamma_ line lineSearchFn linear1 linear2
    linearB linearW loadStateDict loc log log10 log10_ log1p log1p_ log2 log2_ logInput logNormal_ logProb
    logSoftmax logTarget log_ logaddexp logaddexp2 logcumsumexp logdet logicalAnd logicalAnd_ logicalNot
    logicalNot_ logicalOr logicalOr_ logicalXor logicalXor_ logit logit_ logits logsumexp long loss lower lr
    lrDecay lt lt_ mT makeParameters manualSeed margin markDirty markNonDifferentiable marked mask maskedFill
    maskedFill_ maskedScatter maskedScatter_ maskedSelect matmul matrixExp matrixPower max maxEval maxIter maxNorm
    maxVal maximize maximum mean median memory memoryIsCausal memoryKeyPaddingMask memoryMask message milestones
    min minLrs minVal minimum missing missingKeys mm mode module modules momenta momentum momentumDecay moveaxis
    movedim msort mul mul_ multiheadAttn multinomial multiply multiply_ mv nClasses nIter nPowerIterations name
    namedBuffers namedChildren namedModules namedParameters nanToNum nanToNum_ nanmean nanmedian nanquantile nansum
    narrow narrowCopy nbytes ndim ndimension ne ne_ needWeights neg neg_ negative negativeSlope negative_ nelement
    nesterov newEmpty newFull newOnes newTensor newZeros nextafter nextafter_ nhead nonlinearity nonzero norm norm1
    norm2 norm3 normFirst normType normal normalDouble normal_ normalized normalizedShape notEqual notEqual_
    numChannels numEmbeddings numEvents numFeatures numGroups numHeads numLayers numParameters numSamples numel
    numpy offsets oldDirs oldStps optimizer options original outChannels outFeatures outProj outer outputPadding
    outputRatio outputSize ownModules p pad padding paddingFor paddingIdx paddingMode paramGroups paramShape
    param_groups parameter parameters parametersAndBuffers parametrization parametrizations params patience
    perSampleWeights permutation permute perplexity persistentWorkers pinMemoryDevice pinverse pixels pop positive
    pow pow_ power precisionMatrix predict prefetchFactor prelu prevFlatGrad prevLoss printedBeforeGroups probs
    prod projSize properties prune pruningMethod put put_ qProjWeight qr quantile query rad2deg rad2deg_ rand
    randint randn random random32 random64 random_ rank rates ravel reciprocal reciprocal_ recomputeScaleFactor
    recordRates reduction registerBuffer registerForwardHook registerForwardPreHook registerFullBackwardHook
    registerFullBackwardPreHook registerHook registerModule registerParameter registerPostAccumulateGradHook
    registeredModules reinterpretedBatchNdims relu relu_ remainder remainder_ remembered renorm renorm_ repeat
    repeatInterleave replacement requiresGrad requiresGrad_ resetParameters resetRunningStats reshape reshapeAs
    resumes retainGrad retainsGrad returnIndices rho ro roll root rot90 round round_ rsample rsqrt rsqrt_ runLayers
    runSequence runningMean runningVar sample sampler samples saveForBackward savedTensors scale scaleFactor
    scaleGradByFreq scaleTril scaled scatter scatterAdd scatterAdd_ scatterReduce scatterReduce_ scatter_ seed
    select selectScatter selfAttn sequence set setAt setEpoch setMaterializeGrads setParameters setState sgn sgn_
    sharing short shortlistSize shuffle sigmoid sigmoid_ sign sign_ signbit sin sin_ sinc sinc_ sinh sinh_ size
    slice sliceScatter slogdet slope softmax sort sortedIndices split splitWithSizes sqrt sqrt_ square square_
    squeeze squeeze_ src srcIsCausal srcKeyPaddingMask srcMask startDim startFactor state stateDict stateSizes std
    stddev step stepSize stepSizes storageOffset streams stride sub sub_ substitute subtract subtract_ sum
    sumToSize support svd swapaxes swapaxes_ swapdims swapdims_ t t0 tCur tI tMax tMult t_ tail take takeAlongDim
    tan tan_ tanh tanh_ targetTransform targets tensor tensorName tensorSplit tensors text tgt tgtIsCausal
    tgtKeyPaddingMask tgtMask threshold thresholdMode tile to toJSON toString toTypedArray toleranceChange
    toleranceGrad tolist topk totalIters totalLength totalSteps trace trackRunningStats train training transform
    transpose transpose_ tril tril_ triu triu_ trueDivide trueDivide_ trunc trunc_ type typeAs typeP typeQ unbind
    unexpectedKeys unflatten unflattenedSize unfold uniform uniformDouble uniformFloat uniform_ unique
    uniqueConsecutive unsortedIndices unsqueeze unsqueeze_ update updateGroup updateParameters upgradeState upper
    upscaleFactor useBias vProjWeight validateSample value values var variance vdot view viewAs vsplit weight
    weightDecay weightHh weightIh weights where width with xlogy xlogy_ yielded zeroGrad zero_
  `);
