// What was done, said at the foot of the window, so that it is seen wherever the list was scrolled to.
import { useState } from "preact/hooks";

interface Telling {
  text: string;
  times: number; // the same, said twice, is heard twice
}

export function useTold(): [Telling, (text: string) => void] {
  const [told, setTold] = useState<Telling>({ text: "", times: 0 });
  return [told, (text) => setTold(({ times }) => ({ text, times: times + 1 }))];
}

/** Always there, since what appears together with its words is not read out everywhere. */
export function Told({ told: { text, times } }: { told: Telling }) {
  return (
    <p role="status" class="told">
      {text && <span key={times}>{text}</span>}
    </p>
  );
}
