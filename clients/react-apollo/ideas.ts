// The ideas as they are: read at a cursor, kept by what comes after it.
import type { ApolloCache, ApolloClient } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { useMutation, useQuery } from "@apollo/client/react";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { FEED, FIRST, type Idea, MORE, SHARE, SUPPORT } from "../shared/documents";
import { type Kept, type Out, outbox } from "../shared/outbox";
import { append, breaks, meanwhile, put, reduce } from "../shared/reduce";
import type { Watch } from "../shared/session";

// guide: ideas
const paging = meanwhile();

/** Changes the list, if it is there. */
function change(cache: ApolloCache, ideas: (before: readonly Idea[]) => Idea[]): void {
  cache.updateQuery({ query: FIRST }, (known) =>
    known ? { ...known, ideas: { ...known.ideas, nodes: ideas(known.ideas.nodes) } } : known,
  );
}

export function useIdeas(client: ApolloClient, { taken }: Watch) {
  const { data, error, fetchMore, refetch } = useQuery(FIRST);
  const cursor = data?.cursor;
  const took = useEffectEvent(taken); // another function is no reason to follow anew

  useEffect(() => {
    if (cursor === undefined) return;
    const following = client.subscribe({ query: FEED, variables: { after: cursor } }).subscribe(({ data }) => {
      if (!data) return;
      const item = data.feed;
      paging.told(item);
      // The answer has another cursor, after which the feed is then followed: so this effect begins anew.
      if (breaks(item))
        refetch().catch(() => {}); // what refuses it is in `error`
      // Of an idea that is known its new fields are in the cache by now: that is what a normalised one does by itself.
      else change(client.cache, (ideas) => reduce(ideas, item));
      took(item);
    });
    return () => following.unsubscribe();
  }, [client, cursor, refetch]);

  const { hasNextPage, endCursor } = data?.ideas.pageInfo ?? { hasNextPage: false, endCursor: null };
  const more = () =>
    paging.during(() =>
      fetchMore({
        query: MORE,
        variables: { after: endCursor ?? "" },
        // It follows the list as it was; one that was read anew meanwhile may end elsewhere.
        updateQuery: (known, { fetchMoreResult: { ideas } }) =>
          known.ideas.pageInfo.endCursor === endCursor
            ? { ...known, ideas: { ...ideas, nodes: paging.now(append(known.ideas.nodes, ideas.nodes)) } }
            : known,
      }),
    );
  return {
    ideas: data?.ideas.nodes ?? [],
    more: hasNextPage ? () => void more().catch(() => {}) : null,
    failed: error?.message ?? null,
  };
}
// guide ends: ideas

// guide: support
/** Shown as done at once; taken back by the cache where it is refused, and said why. */
export function useSupport() {
  const [send, { error, data }] = useMutation(SUPPORT);
  const support = (idea: Idea) =>
    send({
      variables: { input: { ideaId: idea.id } },
      optimisticResponse: {
        supportIdea: {
          idea: { ...idea, supportCount: idea.supportCount + 1, viewerSupports: true },
          userErrors: [],
        },
      },
    });
  return {
    support: (idea: Idea) => void support(idea).catch(() => {}), // it is in `error`
    problem: error?.message ?? data?.supportIdea?.userErrors[0]?.message ?? null,
  };
}
// guide ends: support

// guide: share
async function share(client: ApolloClient, { key, problem }: Kept): Promise<string | null> {
  try {
    const input = { problem, idempotencyKey: key };
    const { data } = await client.mutate({
      mutation: SHARE,
      variables: { input },
      update(cache, { data }) {
        const idea = data?.submitIdea?.idea;
        if (idea) change(cache, (ideas) => put(ideas, idea));
      },
    });
    return data?.submitIdea?.userErrors[0]?.message ?? null;
  } catch (error) {
    if (CombinedGraphQLErrors.is(error)) return error.message;
    throw error; // Away
  }
}

export function useOutbox(client: ApolloClient, person: string) {
  const [out, setOut] = useState<Out>({ waiting: [], refused: [] });
  const box = useMemo(() => outbox(person, localStorage, (idea) => share(client, idea), setOut), [client, person]);
  useEffect(() => box.open(), [box]);
  return { out, ...box };
}
// guide ends: share
