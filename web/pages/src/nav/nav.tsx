// From page to page, who is signed in, and signing out: a ward's computers and some of its phones are shared.
import { useState } from "preact/hooks";
import { signedIn, signOut } from "../client/session";
import { nav as say } from "../words/en/nav";
import "./nav.css";

type Place = "share" | "mine" | "board" | "live" | "poster" | "settings";

const EVERYBODY: readonly Place[] = ["share", "mine", "board", "settings"];
const LEADING: readonly Place[] = ["share", "mine", "board", "live", "poster", "settings"];

/** `here`: the page that it stands on. */
export function Nav({ here }: { here: Place }) {
  const [busy, setBusy] = useState(false);
  const person = signedIn();
  if (person === null) return null;
  const places = person.roles.some((role) => role !== "CONTRIBUTOR") ? LEADING : EVERYBODY;

  async function leave() {
    if (busy) return;
    setBusy(true);
    await signOut();
    location.replace("/sign-in");
  }

  return (
    <nav class="places" aria-label={say.label}>
      <ul>
        {places
          .filter((place) => place !== here)
          .map((place) => (
            <li key={place}>
              <a href={`/${place}`}>{say[place]}</a>
            </li>
          ))}
      </ul>
      <p>
        {say.signedIn(person.name)}{" "}
        <button type="button" class="leave" onClick={() => void leave()}>
          {say.signOut}
        </button>
      </p>
    </nav>
  );
}
