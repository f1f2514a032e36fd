// From an item of the feed to a list of ideas: pure, and the same whatever keeps the list.
import type { Idea, Item } from "./documents";

// guide: reduce
/** Whether all must be asked for again: continuity is lost, or more came at once than the feed carries. */
export function breaks(item: Item): boolean {
  return item.__typename === "FeedReset" || item.__typename === "IdeasImported";
}

/** What an item makes of the list, newest first. Told twice, it is the same as told once. */
export function reduce(ideas: readonly Idea[], item: Item): Idea[] {
  switch (item.__typename) {
    case "IdeaSubmitted":
      return put(ideas, item.idea);
    case "IdeaEdited":
    case "IdeaStatusChanged":
    case "IdeaSupported": // of an idea on a page that is not loaded: it comes with its page
      return ideas.map((each) => (each.id === item.idea.id ? newer(each, item.idea) : each));
    case "ContentRetracted":
      return ideas.filter((each) => each.id !== item.nodeId);
    default: // nothing of what this list shows; and what `breaks` is answered by asking again
      return [...ideas];
  }
}

/** In its place, once. What was shared last stands first, whatever came last. */
export function put(ideas: readonly Idea[], idea: Idea): Idea[] {
  const others = ideas.filter((each) => each.id !== idea.id);
  const known = ideas.find((each) => each.id === idea.id);
  const at = others.findIndex((each) => (each.submittedAt ?? "") < (idea.submittedAt ?? ""));
  return others.toSpliced(at === -1 ? others.length : at, 0, known ? newer(known, idea) : idea);
}

/** An answer that was long on its way may be older than what was told since. */
function newer(known: Idea, idea: Idea): Idea {
  return idea.version >= known.version ? idea : known;
}

/** With a further page; what it repeats is not shown twice. */
export function append(ideas: readonly Idea[], page: readonly Idea[]): Idea[] {
  const known = new Set(ideas.map((each) => each.id));
  return [...ideas, ...page.filter((each) => !known.has(each.id))];
}
// guide ends: reduce
