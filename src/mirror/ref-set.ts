/** A set of refs, as a sorted list or as bits: whichever is smaller. */
import { bitCount, eachBit, hasBit } from "./bits.ts";

/** A list takes 4 bytes a member, bits an eighth of a byte for each ref up to the largest. */
const refsPerMember = 32;

export class RefSet {
  #list: Int32Array | undefined;
  #bits: Uint32Array | undefined;
  count: number;

  private constructor(list: Int32Array | undefined, bits: Uint32Array | undefined, count: number) {
    this.#list = list;
    this.#bits = bits;
    this.count = count;
  }

  static ofBits(words: Uint32Array): RefSet {
    const count = bitCount(words);
    let used = words.length;
    while (used > 0 && words[used - 1] === 0) used -= 1;
    if (count >= used) return new RefSet(undefined, used === words.length ? words : words.slice(0, used), count);
    const list = new Int32Array(count);
    let at = 0;
    eachBit(words, (ref) => {
      list[at] = ref;
      at += 1;
    });
    return new RefSet(list, undefined, count);
  }

  /** `refs` in any order, each as often as it likes; the array may be changed. */
  static ofRefs(refs: Int32Array): RefSet {
    refs.sort();
    let count = 0;
    for (let i = 0; i < refs.length; i += 1) {
      if (i > 0 && refs[i] === refs[i - 1]) continue;
      refs[count] = refs[i]!;
      count += 1;
    }
    const set = new RefSet(refs.slice(0, count), undefined, count);
    set.#choose();
    return set;
  }

  has(ref: number): boolean {
    const bits = this.#bits;
    return bits === undefined ? this.#place(ref) >= 0 : hasBit(bits, ref);
  }

  each(take: (ref: number) => void): void {
    if (this.#bits === undefined) for (const ref of this.#list ?? []) take(ref);
    else eachBit(this.#bits, take);
  }

  get isBits(): boolean {
    return this.#bits !== undefined;
  }

  /** Bytes held. */
  get bytes(): number {
    return (this.#bits ?? this.#list)?.byteLength ?? 0;
  }

  /** Words that hold all members. */
  get wordCount(): number {
    const largest = this.#list?.at(-1);
    return this.#bits?.length ?? (largest === undefined ? 0 : (largest >>> 5) + 1);
  }

  /** The bits themselves where they are held: not to be changed. */
  words(): Uint32Array {
    if (this.#bits !== undefined) return this.#bits;
    const words = new Uint32Array(this.wordCount);
    this.orInto(words);
    return words;
  }

  /** `words` must be long enough. */
  orInto(words: Uint32Array): void {
    const bits = this.#bits;
    if (bits === undefined) for (const ref of this.#list ?? []) words[ref >>> 5]! |= 1 << (ref & 31);
    else for (let i = 0; i < bits.length; i += 1) words[i] = (words[i] as number) | (bits[i] as number); // eslint-disable-line -- inside
  }

  /** `added` are not members, `removed` are; each is there once. */
  change(added: Int32Array, removed: Int32Array): void {
    this.count += added.length - removed.length;
    if (this.#bits === undefined) {
      this.#list = merged(this.#list ?? new Int32Array(0), added, removed);
      this.#choose();
      return;
    }
    let largest = -1;
    for (const ref of added) largest = Math.max(largest, ref);
    if (largest >>> 5 >= this.#bits.length && largest >= 0) {
      const larger = new Uint32Array(Math.ceil(((largest >>> 5) + 1) * 1.1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bits = this.#bits;
    for (const ref of added) bits[ref >>> 5]! |= 1 << (ref & 31);
    for (const ref of removed) bits[ref >>> 5]! &= ~(1 << (ref & 31));
  }

  #choose(): void {
    const list = this.#list;
    if (list === undefined || this.count * refsPerMember <= (list.at(-1) ?? 0) + 1) return;
    const bits = new Uint32Array(this.wordCount);
    this.orInto(bits);
    this.#bits = bits;
    this.#list = undefined;
  }

  #place(ref: number): number {
    const list = this.#list ?? new Int32Array(0);
    let low = 0;
    let high = list.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = list[middle]!;
      if (at === ref) return middle;
      if (at < ref) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

function merged(list: Int32Array, added: Int32Array, removed: Int32Array): Int32Array {
  const gone = new Set(removed);
  const more = added.toSorted();
  const out = new Int32Array(list.length + added.length - removed.length);
  let count = 0;
  let next = 0;
  for (const ref of list) {
    while (next < more.length && more[next]! < ref) out[count++] = more[next++]!;
    if (!gone.has(ref)) out[count++] = ref;
  }
  out.set(more.subarray(next), count);
  return out;
}

/** Collects refs that come one by one, often twice: a list while they are few for the range they span, bits from then on. */
export class RefCollector {
  #refs: Int32Array = new Int32Array(64);
  #count = 0;
  #largest = 0;
  #bits: Uint32Array | undefined;

  add(ref: number): void {
    const bits = this.#bits;
    if (bits !== undefined && ref >>> 5 < bits.length) {
      bits[ref >>> 5] = (bits[ref >>> 5] as number) | (1 << (ref & 31)); // eslint-disable-line -- inside
      return;
    }
    this.#addSlowly(ref);
  }

  #addSlowly(ref: number): void {
    if (ref > this.#largest) this.#largest = ref;
    if (this.#bits !== undefined) {
      const larger = new Uint32Array(Math.ceil(((ref >>> 5) + 1) * 1.2));
      larger.set(this.#bits);
      this.#bits = larger;
      larger[ref >>> 5]! |= 1 << (ref & 31);
      return;
    }
    if (this.#count === this.#refs.length) {
      if (this.#count * refsPerMember > this.#largest) {
        this.#toBits();
        this.add(ref);
        return;
      }
      const larger = new Int32Array(this.#count * 2);
      larger.set(this.#refs);
      this.#refs = larger;
    }
    this.#refs[this.#count] = ref;
    this.#count += 1;
  }

  /** ORs bits of a word in. */
  addWord(place: number, word: number): void {
    this.#toBits();
    if (word !== 0) this.add(place * 32 + 31 - Math.clz32(word));
    this.#bits![place]! |= word;
  }

  #toBits(): void {
    if (this.#bits !== undefined) return;
    const bits = new Uint32Array((this.#largest >>> 5) + 1);
    for (let i = 0; i < this.#count; i += 1) bits[this.#refs[i]! >>> 5]! |= 1 << (this.#refs[i]! & 31);
    this.#bits = bits;
    this.#refs = new Int32Array(0);
  }

  finish(): RefSet {
    return this.#bits === undefined ? RefSet.ofRefs(this.#refs.slice(0, this.#count)) : RefSet.ofBits(this.#bits);
  }
}
