/** Where a bucket and the owner's object in it are, by the names of a URL. */
import type { Question } from "../../checks/checker.ts";
import { plantedObject } from "../../readable/planted.ts";

/** In the place of a bucket: it is in the host's name (virtual-hosted style), and an object follows. */
export const inTheHost = "-";

interface Asked {
  /** Empty: the host's name says which. */
  readonly bucket: string;
  /** The owner's word that it is there, as its parts; undefined: nobody gave it. */
  readonly canary: readonly string[] | undefined;
}

/** Percent-encoded. */
export function asked({ names: [bucket, ...key] }: Pick<Question, "names">): Asked {
  return {
    bucket: bucket === undefined || bucket === inTheHost ? "" : `/${encodeURIComponent(bucket)}`,
    canary: key.length === 0 ? undefined : key,
  };
}

/** The object's path. */
export function objectPath({ bucket, canary }: Asked): string {
  return `${bucket}/${(canary ?? [plantedObject]).map(encodeURIComponent).join("/")}`;
}

/** A list of the bucket, with what is asked of it. */
export function listPath({ bucket }: Asked, query: string): string {
  return `${bucket === "" ? "/" : bucket}?list-type=2&${query}`;
}
