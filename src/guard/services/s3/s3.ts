/**
 * S3-style stores: can somebody without a signature list a bucket, or read an object of it? Two rights that are given one without the
 * other: a bucket that refuses to be listed may have objects that everybody reads.
 */
import type { Checker, Heard, Question, Requests, Step } from "../../checks/checker.ts";
import { done } from "../../checks/checker.ts";
import { httpRequest } from "../../http/request.ts";
import type { Response } from "../../http/response.ts";
import { parseResponse } from "../../http/response.ts";
import { following, together } from "../../in-turn.ts";
import type { Verdict } from "../../ladder.ts";
import { verdict } from "../../ladder.ts";
import { unheard } from "../../checks/unheard.ts";
import { depth } from "./depth.ts";
import { asked, listPath, objectPath } from "./places.ts";
import { beginningOf } from "./xml.ts";

function requests(question: Question): Requests {
  const place = asked(question);
  const authority = question.host;
  return {
    list: httpRequest({ method: "GET", path: listPath(place, "max-keys=1"), authority }),
    canary: httpRequest({ method: "HEAD", path: objectPath(place), authority }),
  };
}

function next(question: Question, heard: readonly Heard[]): Step {
  const verdicts = heard.map((one) => judge(one, question, heard));
  const request = following(["list", "canary"], heard, verdicts.at(-1));
  if (request !== undefined) return { tag: "send", request, on: "new" };
  return done(together(heard, verdicts, "Nothing was asked."));
}

function judge(one: Heard, question: Question, heard: readonly Heard[]): Verdict {
  const none = unheard(one, question);
  if (none !== undefined || one.tag !== "answer") return none ?? verdict("unknown", "Nothing was heard.");
  const isHead = one.request === "canary";
  const response = parseResponse(one.bytes, isHead);
  const { status } = response;
  const name = isHead ? "HEAD of the object" : "The list";
  if (status === undefined) return verdict("unknown", `${name}: an answer that is not HTTP.`);
  if (status >= 300 && status < 400)
    return verdict(
      "unknown",
      `${name}: ${status}, the bucket is to be asked elsewhere (another region's endpoint), which is not followed.`,
    );
  return isHead ? canarySeen(response, question, heard) : listSeen(response, question);
}

/** By the document and its error code; a status alone says nothing of who answered. */
function listSeen(response: Response, question: Question): Verdict {
  const { status } = response;
  const document = beginningOf(response.body);
  if (status === 200 && document?.root === "ListBucketResult")
    return verdict("schema-readable", "The bucket is listed without a signature.");
  if (status === 200 && document?.root === "ListAllMyBucketsResult")
    return verdict("schema-readable", "Buckets are listed without a signature.");
  if (document?.root !== "Error") {
    if (status === 400 && question.channel === "plain") return verdict("silent", "Plain HTTP is not spoken here.");
    return verdict("unknown", `The list: status ${status}, but not an answer of an S3-style store.`);
  }
  const code = document.texts.get("Code");
  if (status === 403 && code === "AccessDenied") return verdict("auth-required", "The list is refused without a signature (AccessDenied).");
  if (status === 404 && code === "NoSuchBucket")
    return verdict("unknown", "There is no bucket of this name.", [
      "A name that is in use and has no bucket can be taken by somebody else: make the bucket, or take the name away wherever it is used.",
    ]);
  return verdict("unknown", "The list: an error of the store's that says neither open nor closed.");
}

/** An answer to HEAD has no body, so no code: its status counts where the list, or a header of S3's, has shown who answers. */
function canarySeen(response: Response, question: Question, heard: readonly Heard[]): Verdict {
  const { status, headers } = response;
  const isDeclared = asked(question).canary !== undefined;
  if (!headers.has("x-amz-request-id") && !isOfS3(heard[0]))
    return verdict("unknown", "HEAD of the object: not an answer of an S3-style store.");
  if (status === 200) return verdict("data-readable", "The object can be read without a signature.");
  // Who may neither list nor read is told 403 also of what is not there.
  if (status === 404 && !isWithoutBucket(heard[0]))
    return verdict("anonymous-accepted", "HEAD of the object: asked without a signature, the store looked for it, and it is not there.");
  if (status === 403)
    return isDeclared
      ? verdict("auth-required", "The object is refused without a signature.")
      : verdict(
          "unknown",
          "Whether objects can be read is not known: a store that lets everybody read says 403 of an object that is not there. Name one that is: s3://HOST/BUCKET/OBJECT.",
        );
  return verdict("unknown", `HEAD of the object: status ${status}, which says neither open nor closed.`);
}

function isOfS3(heard: Heard | undefined): boolean {
  if (heard?.tag !== "answer") return false;
  const { root } = beginningOf(parseResponse(heard.bytes).body) ?? {};
  return root === "ListBucketResult" || root === "Error";
}

function isWithoutBucket(heard: Heard | undefined): boolean {
  if (heard?.tag !== "answer") return false;
  return beginningOf(parseResponse(heard.bytes).body)?.texts.get("Code") === "NoSuchBucket";
}

export const s3: Checker = {
  service: "s3",
  title: "S3-style store",
  port: 443,
  evidence: "independent",
  tls: "at-once",
  isShared: true,
  requests,
  next,
  depth,
  remedy:
    "Turn on the block of public access for the bucket and the account (PutPublicAccessBlock, all four), or take the statements with Principal * out of the bucket's policy, and grants to AllUsers and AuthenticatedUsers out of the lists of bucket and objects. Look for presigned links and for a website or CDN in front. Before that turn on access logs: they say who read what from now on.",
};
