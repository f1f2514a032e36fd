// A document as the client file takes it.
import { stringifyDocument } from "@urql/core";
import type { TadaDocumentNode } from "gql.tada";
import type { Text } from "./live";

/** Its text, with the types that it has. */
export function text<Data, Variables>(document: TadaDocumentNode<Data, Variables>): Text<Data, Variables> {
  return stringifyDocument(document);
}
