/** What to do about a Lambda layer. */
export const lambdaHint =
  'Export the network to ONNX in the program that defines it, model.export("model.onnx", format="onnx"), or write the function as layers of Keras.';

const reasons: Readonly<Record<string, string>> = {
  AutoContrast: "it stretches the contrast of each picture, which is not supported",
  CategoryEncoding: "it encodes categories, which is not supported",
  Discretization: "it puts numbers into bins, which is not supported",
  HashedCrossing: "it hashes features, which is not supported",
  Hashing: "it hashes its input, which is not supported",
  IntegerLookup: "it looks up a vocabulary, which is not supported",
  StringLookup:
    "it looks up texts in a vocabulary, and networks here compute with numbers; a vocabulary file is never opened",
  TextVectorization: "it splits texts, and networks here compute with numbers; a vocabulary file is never opened",
  MelSpectrogram: "it computes a spectrogram, which is not supported",
  STFTSpectrogram: "it computes a spectrogram, which is not supported",
  RandomCrop: "it crops to a random place and resizes at inference, which is not supported",
  TorchModuleWrapper: "it wraps a PyTorch module, a program that is not run",
  JaxLayer: "it wraps a JAX function, a program that is not run",
  FlaxLayer: "it wraps a Flax module, a program that is not run",
  TFSMLayer: "it names another file, a SavedModel, which is not opened",
};

/** Why layers of a class of Keras are not computed here. */
export const whyNot = (className: string): string | undefined =>
  Object.hasOwn(reasons, className) ? reasons[className] : undefined;
