/** The page and its files, for everyone: they hold no number, and the log-in is one of their views. */
import { VitrineError } from "../../model/error.ts";
import type { Asked, Reply, Route } from "./route.ts";
import { everyone, get } from "./route.ts";
import { matches } from "./etag.ts";
import type { SiteFile } from "./site.ts";

/** No script, style or picture but our own files; pictures also from memory (the PNG of a chart); requests to us alone. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const pageHeaders = {
  "cache-control": "private, no-cache",
  "content-security-policy": pagePolicy,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
};
/** The build names its files by what is in them. */
const assetHeaders = { "cache-control": "public, max-age=31536000, immutable" };

const fileSchema = { type: "string" } as const;

export const siteRoutes: readonly Route[] = [
  get({
    path: "/",
    operation: "page",
    summary: "The dashboard.",
    access: everyone,
    navigable: true,
    parameters: [],
    responses: { 200: { media: "text/html; charset=utf-8", schema: fileSchema } },
    work: async (asked) => replyWith(await asked.site.page(), pageHeaders, asked),
  }),
  get({
    path: "/assets/{name}",
    operation: "asset",
    summary: "A file of the dashboard.",
    access: everyone,
    parameters: [
      {
        name: "name",
        in: "path",
        required: true,
        description: "Name of the file.",
        schema: { type: "string", pattern: "^[\\w.-]{1,200}$" },
      },
    ],
    responses: { 200: { media: "application/octet-stream", schema: fileSchema } },
    work: async (asked) => replyWith(await asked.site.asset(asked.name), assetHeaders, asked),
  }),
];

function replyWith(file: SiteFile | undefined, headers: Readonly<Record<string, string>>, { headers: sent }: Asked): Reply {
  if (file === undefined) throw new VitrineError("api/not-found", { message: "There is no such file." });
  const common = { ...headers, etag: file.etag, vary: "accept-encoding" };
  if (matches(sent.ifNoneMatch, file.etag)) return { status: 304, body: "", headers: common };
  const { media, brotli } = file;
  if (brotli !== undefined && /(?:^|[\s,])br(?!;\s*q=0(?:\.0*)?(?:$|[\s,]))/.test(sent.acceptEncoding ?? ""))
    return { status: 200, body: brotli, media, headers: { ...common, "content-encoding": "br" } };
  return { status: 200, body: file.body, media, headers: common };
}
