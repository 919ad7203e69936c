/** What a new model file can begin with: the files of `media/templates`. */

export interface Template {
  /** Name of the file, without `.model.ts`. */
  readonly file: string;
  readonly label: string;
  readonly icon: string;
  readonly detail: string;
  /** A file that it reads and that is copied beside it, as its path in `media/templates`. */
  readonly beside?: string;
}

export const templates: readonly Template[] = [
  { file: "classifier", icon: "symbol-class", label: "Classifier", detail: "A multilayer perceptron that tells two spirals apart. Trains in seconds." },
  { file: "cnn", icon: "file-media", label: "Convolutional network", detail: "Convolutions and pooling that tell drawn shapes apart." },
  { file: "residual", icon: "layers", label: "Residual network", detail: "Blocks with skip connections, a ModuleList, and frozen layers." },
  { file: "lstm", icon: "edit", label: "LSTM", detail: "Reads letters, says which comes next, and writes sentences while it learns." },
  { file: "transformer", icon: "list-ordered", label: "Transformer", detail: "Attention that sorts ten digits." },
  { file: "autoencoder", icon: "fold", label: "Autoencoder", detail: "Squeezes pictures into three numbers and draws them again." },
  { file: "gan", icon: "arrow-swap", label: "GAN", detail: "Two networks against each other; one learns to make points as the other has seen them." },
  {
    file: "transfer",
    icon: "repo-forked",
    label: "Transfer learning",
    detail: "Pretrained layers learn three new shapes from twelve pictures, against a network from scratch.",
    beside: "pretrained/shapes.safetensors",
  },
  { file: "empty", icon: "new-file", label: "Empty module", detail: "One class with one layer, and nothing that trains it." },
];
