// Idempotency keys: what is sent again under the same key is done once.

/** Never the same twice. `crypto.randomUUID` is there only where an address is safe; this is everywhere. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
