// Each page is an entry of its own, so that the board loads nothing that it does not show.
import { resolve } from "node:path";
import { defineConfig } from "vite";

const PAGES = ["board", "live", "mine", "pair", "poster", "settings", "share", "sign-in", "welcome"];

export default defineConfig({
  base: "/pages/",
  build: {
    target: "es2022",
    outDir: "../../api/served/pages",
    emptyOutDir: true,
    assetsDir: "",
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rollupOptions: { input: PAGES.map((page) => resolve(import.meta.dirname, `${page}.html`)) },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
