// What the board asks for, in the order in which a huddle speaks.
import { graphql, type ResultOf } from "../client/graphql";

export const BOARD = graphql(`
  subscription Board($unit: ID) {
    board(unitId: $unit) {
      cursor
      asOf
      unit { name }
      themes { id title objective closesOn }
      newIdeas(first: 12) { id title author { name } theme { title } }
      awaitingResponse(first: 12) { id title author { name } theme { title } responseDueAt }
      testing(first: 12) { id title author { name } theme { title } }
      wins(first: 6) { id headline early thanks { name } }
      counts { newIdeas awaitingResponse testing wins }
    }
  }
`);

export type Board = ResultOf<typeof BOARD>["board"];
export type Idea = Board["newIdeas"][number] & { responseDueAt?: string | null };
export type Win = Board["wins"][number];
