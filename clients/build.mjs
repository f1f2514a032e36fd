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
  bundle: true, // with their packages: a program of one file starts in a third of the time
  nodePaths: ["node_modules"], // for the client file too, which lies elsewhere
  platform: "node",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  // What some packages still ask for, and a module has not.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
});
