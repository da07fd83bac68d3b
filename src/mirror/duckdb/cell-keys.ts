/** What names the cells of one cuboid: a bucket and the values of its dimensions, found by hash. Cells are numbered as they come. */

export class CellKeys {
  readonly #stride: number;
  #count = 0;
  #slots = new Int32Array(1_024);
  #mask = 1_023;
  #keys: Int32Array;

  constructor(dimensions: number) {
    this.#stride = 1 + dimensions;
    this.#keys = new Int32Array(256 * this.#stride);
  }

  bucketOf(cell: number): number {
    return this.#keys[cell * this.#stride] as number; // eslint-disable-line -- inside
  }

  /** Value of the i-th dimension. */
  dimOf(cell: number, i: number): number {
    return this.#keys[cell * this.#stride + 1 + i] as number; // eslint-disable-line -- inside
  }

  /** The cell of row `row`; a new one gets the next number. */
  find(bucket: number, dims: readonly Int32Array[], row: number): number {
    let hash = Math.imul(bucket, 0x9e3779b1);
    for (let i = 0; i < dims.length; i += 1) hash = Math.imul(hash ^ (dims[i] as Int32Array)[row]!, 0x85ebca6b) ^ (hash >>> 15); // eslint-disable-line -- inside
    let slot = (hash ^ (hash >>> 16)) & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number; // eslint-disable-line -- masked
      if (entry === 0) return this.#make(slot, bucket, dims, row);
      const base = (entry - 1) * this.#stride;
      let same = this.#keys[base] === bucket;
      for (let i = 0; same && i < dims.length; i += 1) same = this.#keys[base + 1 + i] === (dims[i] as Int32Array)[row]; // eslint-disable-line -- inside
      if (same) return entry - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  #make(slot: number, bucket: number, dims: readonly Int32Array[], row: number): number {
    const cell = this.#count;
    if ((cell + 1) * this.#stride > this.#keys.length) this.resize(Math.ceil(cell * 1.5));
    this.#keys[cell * this.#stride] = bucket;
    for (let i = 0; i < dims.length; i += 1) this.#keys[cell * this.#stride + 1 + i] = dims[i]![row]!;
    this.#slots[slot] = cell + 1;
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return cell;
  }

  /** Room for so many cells. */
  resize(size: number): void {
    this.#keys = resized(this.#keys, new Int32Array(size * this.#stride));
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let cell = 0; cell < this.#count; cell += 1) {
      const base = cell * this.#stride;
      let hash = Math.imul(this.#keys[base]!, 0x9e3779b1);
      for (let i = 1; i < this.#stride; i += 1) hash = Math.imul(hash ^ this.#keys[base + i]!, 0x85ebca6b) ^ (hash >>> 15);
      let slot = (hash ^ (hash >>> 16)) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = cell + 1;
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
  }
}

/** The elements of an array in one of another size. */
export function resized<T extends Int32Array | Float64Array | Uint8Array>(old: T, next: T): T {
  next.set(old.length > next.length ? old.subarray(0, next.length) : old);
  return next;
}
