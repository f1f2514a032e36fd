// What a wall shows before it is a screen: a code that somebody who leads the unit approves on their phone.
import { useEffect, useState } from "preact/hooks";
import { type Code, pair } from "../client/screen";
import { QrCode } from "../qr/qr";
import { pairing as say } from "../words/en/pairing";

/** `revoked`: it was a screen until just now. */
export function Pairing({ revoked, done }: { revoked: boolean; done: () => void }) {
  const [code, setCode] = useState<Code | null>(null);
  useEffect(() => void pair(setCode).then(done), []);
  return (
    <main class="pairing">
      <h1>{revoked ? say.revoked : say.title}</h1>
      {code === null ? (
        <p role="status">{say.connecting}</p>
      ) : (
        <>
          <p>{say.how(`${new URL(code.address).host}/pair`)}</p>
          <p class="code" role="img" aria-label={[...code.code].join(" ")}>
            {code.code}
          </p>
          <QrCode address={code.address} label={say.label} />
          {isLoopback(new URL(code.address).hostname) && <p class="loopback">{say.loopback}</p>}
        </>
      )}
      <p>
        <a href="/sign-in?to=/board">{say.instead}</a>
      </p>
    </main>
  );
}

/** Whether an address leads, from wherever it is opened, back to there: never from a phone to here. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\./.test(hostname);
}
