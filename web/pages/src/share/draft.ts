// What somebody is writing: kept in this tab, so that neither a reload nor signing in again loses it.
import { useRef, useState } from "preact/hooks";
import { signedIn } from "../client/session";

export interface Draft {
  problem: string;
  solution: string;
  /** Null: not chosen yet. Empty: none. */
  theme: string | null;
  anonymous: boolean;
}

export const EMPTY: Draft = { problem: "", solution: "", theme: null, anonymous: false };

const name = () => `groundswell.share.${signedIn()?.id}`;

export function useDraft(): [Draft, (changes: Partial<Draft>) => void] {
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = sessionStorage.getItem(name());
    return kept === null ? EMPTY : { ...EMPTY, ...(JSON.parse(kept) as Partial<Draft>) };
  });
  const latest = useRef(draft);

  function change(changes: Partial<Draft>): void {
    latest.current = { ...latest.current, ...changes };
    sessionStorage.setItem(name(), JSON.stringify(latest.current)); // at once: who hands something over lets go of it
    setDraft(latest.current);
  }
  return [draft, change];
}
