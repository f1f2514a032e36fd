// The board: for a television at three metres, left on for months.
import { type ComponentChild, render } from "preact";
import { toSignIn } from "../client/asking";
import { isSignedIn } from "../client/session";
import { contentNow, screen } from "./asking";
import { Boundary } from "./boundary";
import { reload, watch } from "./endurance";
import { type At, Unshown, Wall } from "./wall";
import "../page.css";
import "./board.css";

const AGAIN = 60_000; // ms, until what could not be loaded is tried again

function show(page: ComponentChild, drawn?: () => void): void {
  const otherwise = <Unshown />;
  const at = (of: true | null) => of === null && drawn?.();
  render(
    <Boundary of={true as const} otherwise={otherwise} drawn={at}>
      {() => page}
    </Boundary>,
    document.body,
  );
}

const asked = new URLSearchParams(location.search);
if (screen !== null || (isSignedIn() && !asked.has("screen"))) {
  const at: At = { unit: undefined, live: false, shown: null };
  // Begun here, so that it goes on whatever becomes of what is drawn.
  watch({
    live: () => at.live,
    shown: () => at.shown,
    ask: async () => (at.unit === undefined ? null : contentNow(at.unit)),
  });
  show(<Wall at={at} />, () => {
    at.shown = null;
  });
} else if (asked.has("screen")) {
  import("./pairing").then(
    ({ Pairing }) => show(<Pairing revoked={asked.has("revoked")} done={() => location.replace("/board")} />),
    () => {
      show(<Unshown />);
      setInterval(reload, AGAIN);
    },
  );
} else toSignIn();
