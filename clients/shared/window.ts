// A browser's window for the examples with React, in Node: what is tested is what somebody sees and presses.
import { Window } from "happy-dom";
import type { ReactNode } from "react";
import { given, HERE, obey, tell } from "./terminal";

const window = new Window({ url: given("SERVER", HERE) });
const { document: page, localStorage, navigator, WebSocket } = window;
for (const [name, value] of Object.entries({ window, document: page, localStorage, navigator, WebSocket })) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value }); // newer Nodes have the last three
}

/** Shows it, tells of every change, and presses what it is told to. */
export async function show(page: ReactNode): Promise<void> {
  const { createRoot } = await import("react-dom/client"); // which looks for a window when it is loaded
  const body = document.body;
  new window.MutationObserver(() => {
    const list = [...body.querySelectorAll("li")].map((each) => each.textContent ?? "");
    const said = (role: string) => [...body.querySelectorAll(`[role=${role}]`)].at(-1)?.textContent ?? null;
    const field = body.querySelector("textarea")?.value ?? "";
    tell({ list, alert: said("alert"), status: said("status"), field });
  }).observe(window.document.body, { childList: true, subtree: true, characterData: true });
  const root = document.createElement("div");
  body.append(root);
  createRoot(root).render(page);
  obey({
    share(problem) {
      const field = body.querySelector("textarea") as HTMLTextAreaElement;
      field.value = problem;
      (body.querySelector("[type=submit]") as HTMLElement).click();
    },
    support(reference) {
      const line = [...body.querySelectorAll("li")].find((each) => each.textContent?.startsWith(`${reference} `));
      (line?.querySelector("button") as HTMLElement | null | undefined)?.click();
    },
    mend() {
      (body.querySelector("[role=alert] button") as HTMLElement | null)?.click();
    },
    more() {
      (body.querySelector("main > button") as HTMLElement | null)?.click();
    },
  });
}
