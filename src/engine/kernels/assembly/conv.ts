// Patches for convolution, and pooling; one image, channel by channel.

export function im2col(x: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let y = 0; y < oh; y++) {
          const row = y * sh - ph + i * dh;
          if (<u32>row >= <u32>h) { memory.fill(out, 0, <usize>ow << 2); out += <usize>ow << 2; continue; }
          const source = x + (<usize>(row * w) << 2);
          const column = j * dw - pw;
          if (sw == 1) {
            // Zeros where the window hangs over, one copy where it doesn't.
            const lead = min(max(-column, 0), ow);
            const end = min(max(w - column, lead), ow);
            memory.fill(out, 0, <usize>lead << 2);
            memory.copy(out + (<usize>lead << 2), source + (<usize>(column + lead) << 2), <usize>(end - lead) << 2);
            memory.fill(out + (<usize>end << 2), 0, <usize>(ow - end) << 2);
            out += <usize>ow << 2;
          } else {
            for (let k = 0; k < ow; k++) {
              const col = column + k * sw;
              store<f32>(out, <u32>col < <u32>w ? load<f32>(source + (<usize>col << 2)) : 0);
              out += 4;
            }
          }
        }
      }
    }
    x += <usize>(h * w) << 2;
  }
}

export function col2im(columns: usize, out: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let y = 0; y < oh; y++) {
          const row = y * sh - ph + i * dh;
          if (<u32>row >= <u32>h) { columns += <usize>ow << 2; continue; }
          const target = out + (<usize>(row * w) << 2);
          const column = j * dw - pw;
          let k = 0;
          if (sw == 1) {
            const lead = min(max(-column, 0), ow);
            const end = min(max(w - column, lead), ow);
            let p = target + (<usize>(column + lead) << 2);
            let q = columns + (<usize>lead << 2);
            for (k = lead; k + 4 <= end; k += 4) { v128.store(p, f32x4.add(v128.load(p), v128.load(q))); p += 16; q += 16; }
            for (; k < end; k++) { store<f32>(p, load<f32>(p) + load<f32>(q)); p += 4; q += 4; }
          } else {
            for (; k < ow; k++) {
              const col = column + k * sw;
              if (<u32>col < <u32>w) {
                const p = target + (<usize>col << 2);
                store<f32>(p, load<f32>(p) + load<f32>(columns + (<usize>k << 2)));
              }
            }
          }
          columns += <usize>ow << 2;
        }
      }
    }
    out += <usize>(h * w) << 2;
  }
}

export function maxPool2d(x: usize, out: usize, indices: usize, planes: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32, sh: i32, sw: i32, ph: i32, pw: i32, dh: i32, dw: i32): void {
  for (let c = 0; c < planes; c++) {
    for (let y = 0; y < oh; y++) {
      for (let k = 0; k < ow; k++) {
        let best = f32.NEGATIVE_INFINITY;
        let at = -1;
        for (let i = 0; i < kh; i++) {
          const row = y * sh - ph + i * dh;
          if (<u32>row >= <u32>h) continue;
          for (let j = 0; j < kw; j++) {
            const col = k * sw - pw + j * dw;
            if (<u32>col >= <u32>w) continue;
            const index = row * w + col;
            const v = load<f32>(x + (<usize>index << 2));
            if (at < 0 || v > best || v != v) { best = v; at = index; }
          }
        }
        store<f32>(out, best);
        store<i32>(indices, at);
        out += 4; indices += 4;
      }
    }
    x += <usize>(h * w) << 2;
  }
}

export function maxPool2dBackward(g: usize, indices: usize, out: usize, planes: i32, outSize: i32, size: i32): void {
  memory.fill(out, 0, <usize>(planes * size) << 2);
  for (let c = 0; c < planes; c++) {
    for (let i = 0; i < outSize; i++) {
      const p = out + (<usize>load<i32>(indices) << 2);
      store<f32>(p, load<f32>(p) + load<f32>(g));
      g += 4; indices += 4;
    }
    out += <usize>size << 2;
  }
}
