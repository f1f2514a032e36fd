// Makes programs for Node of the examples in TypeScript, into dist/; for browsers any bundler does it as well.
import { build } from "esbuild";

await build({
  entryPoints: {
    "react-urql": "react-urql/main.tsx",
    "react-apollo": "react-apollo/main.tsx",
    "fetch-sse": "fetch-sse/main.ts",
  },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  sourcemap: "inline",
  logLevel: "warning",
});
