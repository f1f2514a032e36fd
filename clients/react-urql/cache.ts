// Graphcache: where an item of the feed goes, and what is shown of a mutation before its answer.
import { type Cache, cacheExchange } from "@urql/exchange-graphcache";
import { FIRST, IDEA, type Idea, type Item, type Page } from "../shared/documents";
import { append, breaks, meanwhile, put, reduce } from "../shared/reduce";

// guide: cache
export const paging = meanwhile();

/** The list is the one of the first page; further pages are appended to it. */
function change(cache: Cache, ideas: (before: Page) => Page): void {
  cache.updateQuery({ query: FIRST }, (data) => data && { ...data, ideas: ideas(data.ideas) });
}

export const keptIdeas = cacheExchange({
  possibleTypes: { UserError: ["InputError"] }, // of the interfaces, those that a fragment here is on
  keys: { IdeaConnection: () => null, PageInfo: () => null },
  updates: {
    Subscription: {
      // Of an idea that is known its new fields are in the cache by now: that is what a normalised one does by itself.
      feed(data, _, cache) {
        const item = data["feed"] as Item;
        paging.told(item);
        if (!breaks(item)) change(cache, (ideas) => ({ ...ideas, nodes: reduce(ideas.nodes, item) }));
      },
    },
    Mutation: {
      submitIdea(data, _, cache) {
        const idea = (data["submitIdea"] as { idea: Idea | null } | null)?.idea;
        if (idea) change(cache, (ideas) => ({ ...ideas, nodes: put(ideas.nodes, idea) }));
      },
    },
    Query: {
      ideas(data, { after }, cache) {
        const page = data["ideas"] as Page;
        // It follows the list as it was; one that was read anew meanwhile may end elsewhere.
        if (after)
          change(cache, (ideas) =>
            ideas.pageInfo.endCursor === after
              ? { ...page, nodes: paging.now(append(ideas.nodes, page.nodes)) }
              : ideas,
          );
      },
    },
  },
  optimistic: {
    supportIdea({ input }, cache) {
      const idea = cache.readFragment(IDEA, { __typename: "Idea", id: (input as { ideaId: string }).ideaId }) as Idea;
      return {
        __typename: "SupportIdeaPayload",
        idea: { ...idea, __typename: "Idea", supportCount: idea.supportCount + 1, viewerSupports: true },
        userErrors: [],
      };
    },
  },
});
// guide ends: cache
