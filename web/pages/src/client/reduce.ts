// From an item of the feed to what a page keeps: pure, so that it can be tried without a server.
import type { Comment, Idea, Item, Theme, Win } from "./feed";

type All<Thing> = ReadonlyMap<string, Thing>;

/** What somebody did to an idea, to be told to whoever has it open. Without `to`: they edited it. */
export interface Deed {
  cursor: string;
  at: string;
  actor: { id: string; name: string } | null;
  to?: Idea["status"];
  from?: Idea["status"];
}

/** All that a page has been told of, by id; `deeds` by the id of the idea. */
export interface Kept {
  ideas: All<Idea>;
  comments: All<Comment>;
  themes: All<Theme>;
  wins: All<Win>;
  deeds: All<readonly Deed[]>;
}

/** What a query or a mutation answered. */
export interface Found {
  ideas?: readonly Idea[];
  comments?: readonly Comment[];
  themes?: readonly Theme[];
  wins?: readonly Win[];
}

export const NOTHING: Kept = {
  ideas: new Map(),
  comments: new Map(),
  themes: new Map(),
  wins: new Map(),
  deeds: new Map(),
};

/** The ideas of which everything is kept, such as the one that is open. */
export type Minded = ReadonlySet<string>;

const DEEDS = 10; // the latest, of each idea

/** What is older than what is kept already is passed over: what followed it has been told, or will be. */
function put<Thing extends { id: string; version: number }>(
  all: All<Thing>,
  things: readonly Thing[] = [],
): All<Thing> {
  const newer = things.filter((each) => each.version >= (all.get(each.id)?.version ?? 0));
  return newer.length === 0 ? all : new Map([...all, ...newer.map((each) => [each.id, each] as const)]);
}

/** Only what is new or of a later version: a mutation's answer may be older than what the feed has told since. */
function later<Thing extends { id: string; version: number }>(
  all: All<Thing>,
  things: readonly Thing[] = [],
): All<Thing> {
  return put(
    all,
    things.filter((each) => each.version > (all.get(each.id)?.version ?? 0)),
  );
}

/** With what a query answered. */
export function take(kept: Kept, { ideas, comments, themes, wins }: Found): Kept {
  return {
    ...kept,
    ideas: put(kept.ideas, ideas),
    comments: put(kept.comments, comments),
    themes: put(kept.themes, themes),
    wins: put(kept.wins, wins),
  };
}

/** With what a mutation answered. */
export function takeLater(kept: Kept, { ideas, comments, themes, wins }: Found): Kept {
  return {
    ...kept,
    ideas: later(kept.ideas, ideas),
    comments: later(kept.comments, comments),
    themes: later(kept.themes, themes),
    wins: later(kept.wins, wins),
  };
}

/** With what was done to an idea, each thing once. */
export function note(kept: Kept, idea: string, done: readonly Deed[]): Kept {
  const before = kept.deeds.get(idea) ?? [];
  const others = done.filter((each) => !before.some((known) => known.cursor === each.cursor));
  if (others.length === 0) return kept;
  return { ...kept, deeds: new Map(kept.deeds).set(idea, [...before, ...others].slice(-DEEDS)) };
}

function without<Thing>(all: All<Thing>, gone: (thing: Thing, id: string) => boolean): All<Thing> {
  const left = [...all].filter(([id, thing]) => !gone(thing, id));
  return left.length === all.size ? all : new Map(left);
}

/** Without what was withdrawn or removed, and what hung on it. */
function retract(kept: Kept, id: string): Kept {
  const of = kept.comments.get(id)?.idea.id;
  const idea = of === undefined ? undefined : kept.ideas.get(of);
  const ideas = idea === undefined ? kept.ideas : put(kept.ideas, [{ ...idea, commentCount: idea.commentCount - 1 }]);
  return {
    ideas: without(ideas, (_, each) => each === id),
    comments: without(kept.comments, (comment, each) => each === id || comment.idea.id === id),
    themes: without(kept.themes, (_, each) => each === id),
    wins: without(kept.wins, (_, each) => each === id),
    deeds: without(kept.deeds, (_, each) => each === id),
  };
}

/** Without what is kept of an idea's comments, before all of them are taken anew. */
export function withoutComments(kept: Kept, idea: string): Kept {
  return { ...kept, comments: without(kept.comments, (comment) => comment.idea.id === idea) };
}

/** What is kept of some ideas alone, to be shown until everything was asked for again. */
export function only(kept: Kept, minded: Minded): Kept {
  return { ...told(kept, minded), ideas: without(kept.ideas, (_, id) => !minded.has(id)), themes: new Map() };
}

/** Without what was said and done about ideas that nobody minds here: it is asked for where one is opened. */
export function told(kept: Kept, minded: Minded): Kept {
  return {
    ...kept,
    comments: without(kept.comments, (comment) => !minded.has(comment.idea.id)),
    wins: without(kept.wins, (win) => !about(win, minded)),
    deeds: without(kept.deeds, (_, id) => !minded.has(id)),
  };
}

/** Without the ideas that are neither here nor there. */
export function onlyIdeas(kept: Kept, wanted: Minded): Kept {
  return { ...kept, ideas: without(kept.ideas, (_, id) => !wanted.has(id)) };
}

const about = (win: Win, minded: Minded) => win.ideas.some((each) => minded.has(each.id));

/** Whether all must be asked for again: continuity is lost, or more came at once than the feed carries. */
export function breaks(item: Item): boolean {
  return item.__typename === "FeedReset" || item.__typename === "IdeasImported";
}

/** What an item makes of it. `minded`: of others than these, what is said and done is passed over. */
export function reduce(kept: Kept, item: Item, minded?: Minded): Kept {
  const passed = (idea: string) => minded !== undefined && !minded.has(idea);
  switch (item.__typename) {
    case "IdeaSubmitted":
    case "IdeaSupported":
      return take(kept, { ideas: [item.idea] });
    case "IdeaEdited":
    case "IdeaStatusChanged": {
      const { cursor, at, actor, idea } = item;
      const deed =
        item.__typename === "IdeaEdited" ? { cursor, at, actor } : { cursor, at, actor, from: item.from, to: item.to };
      return note(take(kept, { ideas: [idea] }), idea.id, passed(idea.id) ? [] : [deed]);
    }
    case "CommentAdded":
    case "CommentEdited":
      return take(kept, { ideas: [item.idea], comments: passed(item.idea.id) ? [] : [item.comment] });
    case "ThemeEdited":
    case "ThemeOpened":
    case "ThemeClosed":
      return take(kept, { themes: [item.theme] });
    case "WinShared":
    case "WinEdited":
      return take(kept, { wins: minded === undefined || about(item.win, minded) ? [item.win] : [] });
    case "ContentRetracted":
      return retract(kept, item.nodeId);
    case "IdeasImported":
    case "FeedCaughtUp":
    case "FeedReset":
      return kept;
  }
}
