// What is half typed, of each idea: kept in this tab, so that neither a reload nor signing in again loses it.
import { useEffect, useState } from "preact/hooks";
import type { Idea } from "../client/feed";
import { live } from "../words/en/live";

/** A comment that was sent and has not come back yet. `known`: the comments that were there when it was sent. */
export interface Sent {
  key: string;
  body: string;
  known: readonly string[];
  problem: string | null; // null: it is under way
}

export interface Draft {
  comment: string;
  sent: readonly Sent[];
  to: Idea["status"] | "";
  reason: string;
  notSent: string | null; // why the decision was not sent
  theme: string | null; // null: as it is; "": none
  win: { key: string; headline: string; change: string; thanks: readonly string[] } | null; // null: not begun
}

export type Drafts = Readonly<Record<string, Draft>>;
export type Change = (idea: string, change: (draft: Draft) => Partial<Draft>) => void;

export const EMPTY: Draft = { comment: "", sent: [], to: "", reason: "", notSent: null, theme: null, win: null };

const name = (viewer: string) => `groundswell.live.${viewer}`;

function read(viewer: string): Drafts {
  const found = JSON.parse(sessionStorage.getItem(name(viewer)) ?? "{}") as Record<string, Draft>;
  // What was under way when the page was left may have arrived: its key lets it be sent again without harm.
  for (const [idea, draft] of Object.entries(found)) {
    const sent = draft.sent.map((each) => ({ ...each, problem: each.problem ?? live.unknown }));
    found[idea] = { ...draft, sent };
  }
  return found;
}

/** `viewer`: whose they are; null: not known yet. */
export function useDrafts(viewer: string | null): [Drafts, Change] {
  const [drafts, setDrafts] = useState<Drafts>({});
  const [of, setOf] = useState<string | null>(null);

  useEffect(() => {
    if (viewer === null || viewer === of) return;
    setDrafts(read(viewer));
    setOf(viewer);
  }, [viewer]);

  useEffect(() => {
    if (of !== null) sessionStorage.setItem(name(of), JSON.stringify(drafts));
  }, [drafts, of]);

  function change(idea: string, how: (draft: Draft) => Partial<Draft>): void {
    setDrafts((before) => {
      const draft = before[idea] ?? EMPTY;
      return { ...before, [idea]: { ...draft, ...how(draft) } };
    });
  }
  return [drafts, change];
}
