// The sheet itself, on the screen as it is printed: all sizes follow its width, so that what fits here fits on paper.
import { useLayoutEffect, useRef } from "preact/hooks";
import { QrCode } from "../qr/qr";
import { poster as say } from "../words/en/poster";
import { language } from "../words/language";
import type { Asked, Theme } from "./main";

// Of a Date, which has no hour and so no zone.
const DAY = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", timeZone: "UTC" });
const SMALLEST = 0.3;

interface Props {
  organisation: Asked["organisation"];
  theme: Theme | undefined;
}

export function Sheet({ organisation, theme }: Props) {
  const words = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (words.current) fit(words.current);
  }, [theme]);

  const short = `${location.origin}/share`;
  const address = theme === undefined ? short : `${short}?theme=${encodeURIComponent(theme.id)}`;
  return (
    <div class="sheet">
      <p class="organisation">{organisation.name}</p>
      <div class="words" ref={words}>
        {theme && (
          <p class="theme">
            {say.theme(theme.title)}
            {theme.closesOn !== null && `, ${say.until(DAY.format(new Date(theme.closesOn)))}`}
          </p>
        )}
        <h1>{theme?.objective ?? say.invitation}</h1>
      </div>
      <div class="share">
        <h2>{say.share}</h2>
        <QrCode address={address} label={say.code(address)} />
        <div class="said">
          <p>{say.scan}</p>
          <p>{say.expect(organisation.responseTargetDays)}</p>
          <p>{say.unnamed}</p>
        </div>
      </div>
      <p class="go">
        {say.go} <strong>{short}</strong> {theme && say.choose}
      </p>
    </div>
  );
}

/** Makes what is said as large as there is room for it. */
function fit(words: HTMLElement): void {
  for (let size = 1; size >= SMALLEST; size -= 0.05) {
    words.style.setProperty("--size", String(size));
    if (words.scrollHeight <= words.clientHeight) return;
  }
}
