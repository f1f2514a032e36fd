// What the board asks for, in the order in which a huddle speaks.
import { graphql, type ResultOf } from "../client/graphql";

const SHOWN = graphql(`
  fragment BoardShown on Board {
    cursor
    asOf
    unit { name }
    themes { id title objective closesOn }
    newIdeas(first: 12) { id title submittedAt author { name } theme { title } }
    awaitingResponse(first: 12) { id title submittedAt author { name } theme { title } responseDueAt }
    testing(first: 12) { id title author { name } theme { title } }
    wins(first: 6) { id headline sharedAt thanks { name } }
    counts { newIdeas awaitingResponse testing wins }
  }
`);

export const BOARD = graphql(`subscription Board($unit: ID) { board(unitId: $unit) { ...BoardShown } }`, [SHOWN]);

/** The same, once: to compare with what is shown. */
export const NOW = graphql(`query BoardNow($unit: ID) { board(unitId: $unit) { ...BoardShown } }`, [SHOWN]);

export const OF_SCREEN = graphql(`query OfScreen { organisation { name } }`);

export const OF_PERSON = graphql(`
  query OfPerson($after: String) {
    viewer { ... on Person { unit { id } } }
    organisation { name units(first: 100, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } } }
  }
`);

export type Board = ResultOf<typeof BOARD>["board"];
export type Idea = Board["testing"][number] & { responseDueAt?: string | null };
export type Win = Board["wins"][number];
export type Theme = Board["themes"][number];
export type Unit = ResultOf<typeof OF_PERSON>["organisation"]["units"]["nodes"][number];

/** All that is to be seen of a board. Its position moves without that, with whatever happens elsewhere. */
export function content({ cursor: _, asOf: __, ...seen }: Board): string {
  return JSON.stringify(seen);
}
