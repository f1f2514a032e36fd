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

export interface WinDraft {
  key: string;
  words: string; // all that was last sent under the key
  headline: string;
  change: string;
  thanks: readonly string[];
  found: readonly Named[]; // by their names, beside who has to do with the idea
}

export interface Named {
  id: string;
  name: string;
  shownOnScreens: boolean;
}

export interface Draft {
  comment: string;
  sent: readonly Sent[];
  to: Idea["status"] | "";
  reason: string;
  sending: boolean; // the decision is on its way, and nothing is known of it yet
  notSent: string | null; // why the decision was not sent
  reference: string; // of the idea, for where it is not shown
  aside: boolean; // what was written as a reason is in the comment now
  theme: string | null; // null: as it is; "": none
  win: WinDraft | null; // null: not begun
}

export type Drafts = Readonly<Record<string, Draft>>;
export type Change = (idea: string, change: (draft: Draft) => Partial<Draft>) => void;

export const EMPTY: Draft = {
  comment: "",
  sent: [],
  to: "",
  reason: "",
  sending: false,
  notSent: null,
  reference: "",
  aside: false,
  theme: null,
  win: null,
};

/** Whether anything of it would be lost. */
export function isTyped({ comment, sent, to, reason, notSent, win }: Draft): boolean {
  return comment + to + reason !== "" || sent.length > 0 || notSent !== null || win !== null;
}

/** With no decision, since it cannot be made any more: what was written for it is kept as a comment, which nobody sent. */
export function setAside({ comment, reason, aside }: Draft): Partial<Draft> {
  const texts = [comment, reason].filter((each) => each.trim() !== "");
  return { to: "", reason: "", comment: texts.join("\n"), aside: aside || reason.trim() !== "" };
}

const name = (viewer: string) => `groundswell.live.${viewer}`;

function read(viewer: string): Drafts {
  const found = JSON.parse(sessionStorage.getItem(name(viewer)) ?? "{}") as Record<string, Draft>;
  // What was under way when the page was left may have arrived: its key lets it be sent again without harm.
  for (const [idea, draft] of Object.entries(found)) {
    const sent = draft.sent.map((each) => ({ ...each, problem: each.problem ?? live.unknown }));
    found[idea] = { ...EMPTY, ...draft, sent, sending: false };
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
