/** Text that is put into the user's JavaScript. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Of several at one place the lowest comes first. Default 0. */
  readonly order?: number;
}
