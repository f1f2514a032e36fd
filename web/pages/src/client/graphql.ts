// Documents whose types come from schema.graphql.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./schema";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { Cursor: string; DateTime: string; Date: string; URL: string; ID: string };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
