/** When the cells of each bucket were last changed: by commits, counted over all cuboids of the process, so that no two are alike. */

let lastCommit = 0;

export class BucketChanges {
  #byBucket = new Map<number, number>();
  #rest = (lastCommit += 1);
  #last = this.#rest;

  /** Of the bucket's cells. */
  at(bucket: number): number {
    return this.#byBucket.get(bucket) ?? this.#rest;
  }

  /** Of any cell. */
  get last(): number {
    return this.#last;
  }

  /** A commit changed cells of these buckets; undefined: all may be others. */
  note(buckets: Iterable<number> | undefined): void {
    lastCommit += 1;
    this.#last = lastCommit;
    if (buckets === undefined) {
      this.#byBucket.clear();
      this.#rest = lastCommit;
    } else for (const bucket of buckets) this.#byBucket.set(bucket, lastCommit);
  }
}
