// Bundles src/ into api/served/explorer/: files whose names carry their content's hash, and the page that names them.
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

const served = "../../api/served/explorer";

await rm(served, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: ["src/explorer.jsx"],
  outdir: served,
  entryNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  minify: true,
  metafile: true,
  legalComments: "linked",
  // It writes <style> elements, which the page's Content-Security-Policy refuses, to stop a page behind a dialog
  // from scrolling; this page does not scroll.
  alias: { "react-style-singleton": "./src/no-style.js" },
  loader: { ".graphql": "text" },
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});

const named = (suffix) =>
  `/explorer/${basename(Object.keys(metafile.outputs).find((output) => output.endsWith(suffix)))}`;
const page = await readFile("src/index.html", "utf8");
await writeFile(
  `${served}/index.html`,
  page.replace("explorer.css", named(".css")).replace("explorer.jsx", named(".js")),
);
