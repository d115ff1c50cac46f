/**
 * The discrete Fourier transform of any length, in place: Cooley & Tukey's (1965) for powers of two and short multiples of them,
 * and for other lengths Bluestein's (1970) convolution with a chirp. Double precision, tables made once.
 */

/** X[k] = Σₙ x[n]·e^(∓2πi·kn/N): `forward` with the minus; neither direction divides by N. */
export interface Fourier {
  readonly length: number;
  forward(re: Float64Array, im: Float64Array): void;
  /** The conjugate sum, which is N times the inverse. */
  backward(re: Float64Array, im: Float64Array): void;
}

/** An odd factor whose sums, written out, are shorter than three transforms of more than twice the length. */
const SHORT = 15;

/** The transform of a length of at least 1. */
export function fourier(length: number): Fourier {
  const power = length & -length;
  const odd = length / power;
  const forward = odd === 1 ? radixTwo(length) : odd <= SHORT ? shortMultiple(odd, power) : bluestein(length);
  // Swapping the real and the imaginary parts on the way in and out conjugates the kernel.
  return { length, forward, backward: (re, im) => forward(im, re) };
}

type Transform = (re: Float64Array, im: Float64Array) => void;

function radixTwo(n: number): Transform {
  const half = n >> 1;
  const cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const reversed = new Uint32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = ((reversed[i >> 1] ?? 0) >> 1) | (i & 1 ? half : 0);
  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i] ?? 0;
      if (j <= i) continue;
      const a = re[i] ?? 0;
      const b = im[i] ?? 0;
      re[i] = re[j] ?? 0;
      im[i] = im[j] ?? 0;
      re[j] = a;
      im[j] = b;
    }
    let reach = 1;
    if (Math.log2(n) % 2 === 1) {
      for (let i = 0; i < n; i += 2) {
        const a = re[i] ?? 0;
        const b = im[i] ?? 0;
        const c = re[i + 1] ?? 0;
        const d = im[i + 1] ?? 0;
        re[i] = a + c;
        im[i] = b + d;
        re[i + 1] = a - c;
        im[i + 1] = b - d;
      }
      reach = 2;
    }
    // Two stages at a time: the numbers are fetched and stored half as often.
    for (; reach < n; reach *= 4) {
      const stride = n / (4 * reach);
      for (let k = 0; k < reach; k++) {
        const c1 = cos[2 * k * stride] ?? 0;
        const s1 = sin[2 * k * stride] ?? 0;
        const c2 = cos[k * stride] ?? 0;
        const s2 = sin[k * stride] ?? 0;
        for (let i = k; i < n; i += 4 * reach) {
          const j = i + reach;
          const l = j + reach;
          const m = l + reach;
          const jRe = (re[j] ?? 0) * c1 - (im[j] ?? 0) * s1;
          const jIm = (re[j] ?? 0) * s1 + (im[j] ?? 0) * c1;
          const mRe = (re[m] ?? 0) * c1 - (im[m] ?? 0) * s1;
          const mIm = (re[m] ?? 0) * s1 + (im[m] ?? 0) * c1;
          const aRe = (re[i] ?? 0) + jRe;
          const aIm = (im[i] ?? 0) + jIm;
          const bRe = (re[i] ?? 0) - jRe;
          const bIm = (im[i] ?? 0) - jIm;
          const sumRe = (re[l] ?? 0) + mRe;
          const sumIm = (im[l] ?? 0) + mIm;
          const differenceRe = (re[l] ?? 0) - mRe;
          const differenceIm = (im[l] ?? 0) - mIm;
          const cRe = sumRe * c2 - sumIm * s2;
          const cIm = sumRe * s2 + sumIm * c2;
          const dRe = differenceRe * c2 - differenceIm * s2;
          const dIm = differenceRe * s2 + differenceIm * c2;
          re[i] = aRe + cRe;
          im[i] = aIm + cIm;
          re[l] = aRe - cRe;
          im[l] = aIm - cIm;
          // A quarter turn on: times −i.
          re[j] = bRe + dIm;
          im[j] = bIm - dRe;
          re[m] = bRe - dIm;
          im[m] = bIm + dRe;
        }
      }
    }
  };
}

/**
 * The transforms of every `odd`-th number, which are short powers of two, turned, and one sum over them for each frequency. In the
 * sums the parts j and odd − j have the same cosines and opposite sines, and so have the frequencies m and odd − m.
 */
function shortMultiple(odd: number, power: number): Transform {
  const n = odd * power;
  const half = (odd - 1) / 2;
  const transform = radixTwo(power);
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const [partsRe, partsIm] = [new Float64Array(n), new Float64Array(n)];
  const part = (of: Float64Array, j: number): Float64Array => of.subarray(j * power, (j + 1) * power);
  const parts = Array.from({ length: odd }, (_, j) => [part(partsRe, j), part(partsIm, j)] as const);
  const empty = (): Float64Array => new Float64Array(half + 1);
  const [sumsRe, sumsIm, differencesRe, differencesIm] = [empty(), empty(), empty(), empty()];
  return (re, im) => {
    for (let j = 0; j < odd; j++) {
      const to = j * power;
      for (let k = 0, i = j; k < power; k++, i += odd) {
        partsRe[to + k] = re[i] ?? 0;
        partsIm[to + k] = im[i] ?? 0;
      }
    }
    for (const [a, b] of parts) transform(a, b);
    for (let k = 0; k < power; k++) {
      const zeroRe = partsRe[k] ?? 0;
      const zeroIm = partsIm[k] ?? 0;
      let totalRe = zeroRe;
      let totalIm = zeroIm;
      for (let j = 1; j <= half; j++) {
        const i = j * power + k;
        const l = (odd - j) * power + k;
        const c = cos[j * k] ?? 0;
        const s = sin[j * k] ?? 0;
        const d = cos[(odd - j) * k] ?? 0;
        const t = sin[(odd - j) * k] ?? 0;
        const aRe = (partsRe[i] ?? 0) * c - (partsIm[i] ?? 0) * s;
        const aIm = (partsRe[i] ?? 0) * s + (partsIm[i] ?? 0) * c;
        const bRe = (partsRe[l] ?? 0) * d - (partsIm[l] ?? 0) * t;
        const bIm = (partsRe[l] ?? 0) * t + (partsIm[l] ?? 0) * d;
        sumsRe[j] = aRe + bRe;
        sumsIm[j] = aIm + bIm;
        differencesRe[j] = aRe - bRe;
        differencesIm[j] = aIm - bIm;
        totalRe += aRe + bRe;
        totalIm += aIm + bIm;
      }
      re[k] = totalRe;
      im[k] = totalIm;
      for (let m = 1; m <= half; m++) {
        let evenRe = zeroRe;
        let evenIm = zeroIm;
        let oddRe = 0;
        let oddIm = 0;
        for (let j = 1, turn = m; j <= half; j++) {
          const c = cos[turn * power] ?? 0;
          const s = sin[turn * power] ?? 0;
          evenRe += c * (sumsRe[j] ?? 0);
          evenIm += c * (sumsIm[j] ?? 0);
          oddRe += s * (differencesIm[j] ?? 0);
          oddIm += s * (differencesRe[j] ?? 0);
          turn += m;
          if (turn >= odd) turn -= odd;
        }
        const up = k + m * power;
        const down = k + (odd - m) * power;
        re[up] = evenRe - oddRe;
        im[up] = evenIm + oddIm;
        re[down] = evenRe + oddRe;
        im[down] = evenIm - oddIm;
      }
    }
  };
}

/** kn = (k² + n² − (k−n)²)/2 turns the sum into a convolution, which a longer power of two computes. */
function bluestein(n: number): Transform {
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  const transform = radixTwo(size);
  // k² modulo 2n keeps the angles small and so exact.
  const chirp = Float64Array.from({ length: n }, (_, k) => (Math.PI * ((k * k) % (2 * n))) / n);
  const cos = chirp.map(Math.cos);
  const sin = chirp.map(Math.sin);
  const [kernelRe, kernelIm] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < n; k++) {
    for (const at of [k, (size - k) % size]) {
      kernelRe[at] = cos[k] ?? 0;
      kernelIm[at] = sin[k] ?? 0;
    }
  }
  transform(kernelRe, kernelIm);
  const [a, b] = [new Float64Array(size), new Float64Array(size)];
  return (re, im) => {
    a.fill(0);
    b.fill(0);
    for (let k = 0; k < n; k++) {
      const x = re[k] ?? 0;
      const y = im[k] ?? 0;
      const c = cos[k] ?? 0;
      const s = sin[k] ?? 0;
      a[k] = x * c + y * s;
      b[k] = y * c - x * s;
    }
    transform(a, b);
    for (let k = 0; k < size; k++) {
      const x = a[k] ?? 0;
      const y = b[k] ?? 0;
      const c = kernelRe[k] ?? 0;
      const s = kernelIm[k] ?? 0;
      a[k] = x * c - y * s;
      b[k] = x * s + y * c;
    }
    transform(b, a);
    for (let k = 0; k < n; k++) {
      const x = (a[k] ?? 0) / size;
      const y = (b[k] ?? 0) / size;
      const c = cos[k] ?? 0;
      const s = sin[k] ?? 0;
      re[k] = x * c + y * s;
      im[k] = y * c - x * s;
    }
  };
}
