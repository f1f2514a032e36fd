// Documents whose types come from schema.graphql, by `npm run generate`: no file is generated for any of them.
// guide: graphql
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./schema";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { Cursor: string; DateTime: string; Date: string; URL: string; ID: string };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
// guide ends: graphql
