import { nn } from "kindling";
class Base extends nn.Module {}
class Net extends Base {
  fc: nn.Linear;
  constructor() { // read: super-missing
    this.fc = new nn.Linear(4, 3);
  }
}
