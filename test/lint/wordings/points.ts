import { cat, data, ones, randn, zeros, type Tensor } from "kindling";
export class Points extends data.Dataset<[Tensor, Tensor]> {
  x = cat([randn(40, 4), randn(40, 4).add(2)]);
  y = cat([zeros(40), ones(40)]).long();
  override get length(): number { return 80; }
  override get(index: number): [Tensor, Tensor] { return [this.x.select(0, index), this.y.select(0, index)]; }
}
