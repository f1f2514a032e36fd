// From an item of the feed to a list of ideas: pure, and the same whatever keeps the list.
import type { Idea, Item, Told } from "./documents";

// guide: reduce
/** Whether all must be asked for again: continuity is lost, or more came at once than the feed carries. */
export function breaks(item: Item): boolean {
  return item.__typename === "FeedReset" || item.__typename === "IdeasImported";
}

/** What an item makes of the list, newest first. Told twice, it is the same as told once. */
export function reduce(ideas: readonly Idea[], item: Item): Idea[] {
  switch (item.__typename) {
    case "IdeaSubmitted":
      return place(ideas, told(known(ideas, item.idea), item.idea));
    case "IdeaEdited":
    case "IdeaStatusChanged":
    case "IdeaSupported": // of an idea on a page that is not loaded: it comes with its page
      return ideas.map((each) => (each.id === item.idea.id ? told(each, item.idea) : each));
    case "ContentRetracted":
      return ideas.filter((each) => each.id !== item.nodeId);
    default: // nothing of what this list shows; and what `breaks` is answered by asking again
      return [...ideas];
  }
}

/** With what a mutation answered. That may have been long on its way: at the same version the feed knows better. */
export function put(ideas: readonly Idea[], idea: Idea): Idea[] {
  const before = known(ideas, idea);
  return place(ideas, before && before.version >= idea.version ? before : idea);
}

function known(ideas: readonly Idea[], { id }: Told): Idea | undefined {
  return ideas.find((each) => each.id === id);
}

/** As the feed tells it, which tells everybody the same: what depends on who looks stays as it is. */
function told(before: Idea | undefined, idea: Told): Idea {
  if (before && before.version > idea.version) return before; // a mutation's answer was sooner here
  return { viewerSupports: false, ...before, ...idea };
}

/** In its place, once. What was shared last stands first, whatever came last. */
function place(ideas: readonly Idea[], idea: Idea): Idea[] {
  const others = ideas.filter((each) => each.id !== idea.id);
  const at = others.findIndex((each) => (each.submittedAt ?? "") < (idea.submittedAt ?? ""));
  return others.toSpliced(at === -1 ? others.length : at, 0, idea);
}

/** With a further page; what it repeats is not shown twice. */
export function append(ideas: readonly Idea[], page: readonly Idea[]): Idea[] {
  const known = new Set(ideas.map((each) => each.id));
  return [...ideas, ...page.filter((each) => !known.has(each.id))];
}

/**
 * What the feed tells while a page is on its way: the page may be older than that, and is brought up to date by it.
 * Without this an idea that is retracted just then would be shown until the list is read anew.
 */
export function meanwhile() {
  let asked = 0;
  let items: Item[] = [];
  return {
    told(item: Item): void {
      if (asked > 0) items.push(item);
    },
    now: (ideas: readonly Idea[]): Idea[] => items.reduce(reduce, [...ideas]),
    async during<Page>(page: () => Promise<Page>): Promise<Page> {
      if (asked++ === 0) items = [];
      try {
        return await page();
      } finally {
        asked--;
      }
    },
  };
}
// guide ends: reduce
