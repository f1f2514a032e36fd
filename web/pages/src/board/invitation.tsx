// How who stands before the board takes part: the address, and a code for their phone.
import { QrCode } from "../qr/qr";
import { board as say } from "../words/en/board";

export function Invitation() {
  const address = `${location.origin}/share`;
  return (
    <aside class="invitation" aria-label={say.idea}>
      <QrCode address={address} label={say.code(address)} />
      <p>
        <strong>{say.idea}</strong> {say.shareAt}{" "}
        <span class="address">
          {location.host}
          <wbr />
          /share
        </span>
      </p>
    </aside>
  );
}
