// Prints what each page loads before it shows anything, compressed, and fails where it is more than an old kiosk PC is asked for.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 100 * 1024; // bytes of script, as gzip
const served = "../../api/served/pages";
const manifest = JSON.parse(readFileSync(`${served}/manifest.json`, "utf8"));

function scripts(entry, found = new Set()) {
  if (found.has(entry.file)) return found;
  found.add(entry.file);
  for (const name of entry.imports ?? []) scripts(manifest[name], found);
  return found;
}

let tooLarge = false;
for (const entry of Object.values(manifest).filter((each) => each.isEntry)) {
  const size = [...scripts(entry)].reduce((sum, file) => sum + gzipSync(readFileSync(`${served}/${file}`)).length, 0);
  console.log(`${entry.src}: ${(size / 1024).toFixed(1)} KiB of script on first load`);
  tooLarge ||= size > MOST;
}
if (tooLarge) {
  console.error(`A page may load at most ${MOST / 1024} KiB of script.`);
  process.exit(1);
}
