import { nn } from "kindling";
class Net extends nn.Module {
  width: number;
  constructor(width: number) {
    this.width = width; // read: super-missing
    super();
  }
}
