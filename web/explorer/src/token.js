// The bearer token: kept in this browser, taken from `#token=…` in the address, typed into the bar above.
const KEY = "groundswell:token";
const listeners = [];

export const token = () => localStorage.getItem(KEY) ?? "";

export const onTokenChange = (listener) => listeners.push(listener);

const changed = () => listeners.forEach((listener) => listener());

function keep(text) {
  const value = text.trim().replace(/^bearer\s+/i, "");
  if (value === token()) return;
  if (value) localStorage.setItem(KEY, value);
  else localStorage.removeItem(KEY);
  changed();
}

// The fragment never reaches a server; once read it leaves the address too, and with it the history.
function takeFromAddress() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (!fragment.has("token")) return;
  keep(fragment.get("token"));
  history.replaceState(null, "", location.pathname + location.search);
}

export function connectTokenField() {
  const form = document.getElementById("sign-in");
  const input = document.getElementById("token");
  const hint = document.getElementById("token-hint");
  const show = () => {
    if (document.activeElement !== input) input.value = token();
    hint.textContent = token() ? "Kept in this browser" : "Without one, only sign-in and the schema answer";
  };
  onTokenChange(show);
  input.addEventListener("input", () => keep(input.value));
  input.addEventListener("blur", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    input.blur();
  });
  addEventListener("hashchange", takeFromAddress);
  addEventListener("storage", (event) => event.key === KEY && changed()); // another tab's change
  takeFromAddress();
  show();
}
