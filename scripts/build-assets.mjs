// Bundles STATIC/src (its entry app.css or quay.css, and every *.js that stands directly in it) into STATIC/dist: names carry the
// hash of their content, and manifest.json says {logical name: hashed name} for the templates.
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const HASHED = /^(.+)-[A-Z0-9]{8}(\.\w+)$/;
const STYLE_ENTRIES = new Set(["app.css", "quay.css"]);

async function entryPoints(source) {
  const names = (await readdir(source)).sort();
  return names.filter((name) => STYLE_ENTRIES.has(name) || name.endsWith(".js")).map((name) => path.join(source, name));
}

async function bundle(entries, dist) {
  const result = await build({
    entryPoints: entries,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: ["es2022", "chrome110", "firefox115", "safari16"],
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff": "file", ".woff2": "file", ".svg": "file" },
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  return Object.keys(result.metafile.outputs).map((output) => path.basename(output)).sort();
}

function manifestOf(names) {
  return Object.fromEntries(names.map((name) => [name.replace(HASHED, "$1$2"), name]).filter(([logical]) => !logical.startsWith("chunk.")));
}

async function publish(dist, names) {
  const manifest = path.join(dist, "manifest.json");
  await writeFile(`${manifest}.new`, `${JSON.stringify(manifestOf(names), null, 2)}\n`);
  await rename(`${manifest}.new`, manifest);
  // Only now, with the manifest naming the new files, do those of earlier builds go.
  const kept = new Set([...names, "manifest.json"]);
  const stale = (await readdir(dist)).filter((name) => !kept.has(name));
  await Promise.all(stale.map((name) => rm(path.join(dist, name), { recursive: true })));
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node scripts/build-assets.mjs STATIC_FOLDER");
  process.exit(2);
}
const dist = path.join(folder, "dist");
await mkdir(dist, { recursive: true });
const entries = await entryPoints(path.join(folder, "src"));
await publish(dist, entries.length === 0 ? [] : await bundle(entries, dist));
