/** What the world answered to one kind of question, in the order in which it was asked. */
export interface WorldAnswers {
  readonly what: string;
  readonly answers: readonly unknown[];
}

/** The kind of what the program read from tensors: kept by itself, as the run can be repeated without. */
export const ofTensors = "tensors";
