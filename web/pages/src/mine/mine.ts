// What is mine, as values: pure, so that it can be tried.
import { mine as say } from "../words/en/mine";
import type { Idea, Item, Win } from "./asked";

/** `fresh`: what somebody else did something about since the page was opened. */
export interface Mine {
  me: string;
  ideas: readonly Idea[];
  wins: readonly Win[];
  fresh: ReadonlySet<string>;
}

/** Newest first; those that thank me, and those that came of what is mine. */
export function myWins({ me, ideas, wins }: Mine): Win[] {
  const own = new Set(ideas.map((idea) => idea.id));
  const found = new Map([...wins, ...ideas.flatMap((idea) => idea.wins)].map((win) => [win.id, win]));
  return [...found.values()].filter((win) => isMine(win, me, own)).sort((a, b) => (a.sharedAt < b.sharedAt ? 1 : -1));
}

type Named = { thanks: { id: string }[]; ideas: { id: string }[] };

function isMine({ thanks, ideas }: Named, me: string, own: ReadonlySet<string>): boolean {
  return thanks.some((person) => person.id === me) || ideas.some((idea) => own.has(idea.id));
}

/** The ids of what must be read again, of all that is shown. */
export function touched(mine: Mine, item: Item): string[] {
  const own = new Set(mine.ideas.map((idea) => idea.id));
  switch (item.__typename) {
    case "IdeaSubmitted": {
      const { id, anonymous, author } = item.idea;
      // Whose an anonymous one is, only reading it as one's own tells.
      return (anonymous || author?.id === mine.me) && !own.has(id) ? [NEWEST] : [];
    }
    case "IdeaEdited":
    case "IdeaStatusChanged":
    case "IdeaSupported":
    case "CommentAdded":
    case "CommentEdited":
      return own.has(item.idea.id) ? [item.idea.id] : [];
    case "WinShared":
    case "WinEdited": {
      const { id, ideas } = item.win;
      const known = mine.wins.some((win) => win.id === id);
      const changed = ideas.map((idea) => idea.id).filter((idea) => own.has(idea));
      return known || isMine(item.win, mine.me, own) ? [id, ...changed] : [];
    }
    case "ContentRetracted":
      return mine.ideas.filter((idea) => mayHold(idea, item.nodeId)).map((idea) => idea.id);
    default:
      return [];
  }
}

/** It is the idea, one of its comments, or may be one of those that are known only to its story. */
function mayHold({ id, comments, commentCount }: Idea, node: string): boolean {
  return id === node || commentCount > comments.nodes.length || comments.nodes.some((comment) => comment.id === node);
}

export const NEWEST = "the newest"; // instead of an id: my first page

/** What is new about an idea, for who listens; null where it is nothing that anybody else did. */
export function news(before: Idea, after: Idea): string | null {
  if (after.status !== before.status && after.status !== "WITHDRAWN") return say.nowStands(after.title, status(after));
  const known = new Set(before.comments.nodes.map((comment) => comment.id));
  const added = after.comments.nodes.some(({ id, viewerCanDo }) => !known.has(id) && !viewerCanDo.includes("EDIT"));
  return added && after.commentCount > before.commentCount ? say.nowSaid(after.title) : null;
}

/** Where it stands, in plain words. */
export function status({ status, awaitingResponse }: Idea): string {
  return status === "OPEN" && awaitingResponse ? say.waits : say.statuses[status];
}

/** Since when it stands there. */
export function since({ status, submittedAt, updatedAt, history }: Idea): string {
  if (status === "OPEN" && submittedAt !== null) return submittedAt;
  const moves = history.nodes.filter((event) => event.__typename === "IdeaStatusChanged" && event.to === status);
  const last = moves.at(-1);
  // What was brought in from elsewhere was written down later than it happened.
  return last?.__typename === "IdeaStatusChanged" && last.at < updatedAt ? last.at : updatedAt;
}

/** The latest that was said by who may answer it: a first response, or why it stands where it stands. */
export function answer({ comments }: Idea): Idea["comments"]["nodes"][number] | undefined {
  return comments.nodes.filter((comment) => comment.kind !== "COMMENT").at(-1);
}

const TITLE = 80;

/** The title that an idea has where nobody gave it one, as the server makes it: the first words of the problem. */
export function titleFrom(problem: string): string {
  const line = Array.from(problem.trim().split(/\s+/).join(" "));
  if (line.length <= TITLE) return line.join("");
  const start = line.slice(0, TITLE + 1);
  const end = start.lastIndexOf(" ");
  return start.slice(0, end === -1 ? TITLE : end).join("");
}
