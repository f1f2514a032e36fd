// Queries and mutations of a page for who is signed in: whoever no longer is, is led to signing in, and back.
import { type AnyVariables, CombinedError, type OperationResult } from "@urql/core";
import type { TadaDocumentNode } from "gql.tada";
import { client } from "./client";
import { dataOf } from "./open";
import { forget } from "./session";

const TOLD = new Set(["FORBIDDEN", "RATE_LIMITED", "UNAVAILABLE"]); // whose words are for people

type Document<Data, Variables> = TadaDocumentNode<Data, Variables>;

/** Throws what went wrong with the request itself. */
export function ask<Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return answered(client.query(document, variables));
}

/** What is refused by `userErrors` is in the data; throws what went wrong with the request itself. */
export function change<Data, Variables extends AnyVariables>(
  document: Document<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return answered(client.mutation(document, variables));
}

/** What to say of something that was thrown: the server's words where they are for people, else that it is away. */
export function why(thrown: unknown, away: string, broken: string): string {
  if (!(thrown instanceof CombinedError) || thrown.networkError !== undefined) return away;
  const told = thrown.graphQLErrors.find((error) => TOLD.has(String(error.extensions["code"])));
  return told?.message ?? broken;
}

/** To signing in, and then back here. */
export function toSignIn(): void {
  location.replace(`/sign-in?to=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
}

async function answered<Data, Variables extends AnyVariables>(
  result: PromiseLike<OperationResult<Data, Variables>>,
): Promise<Data> {
  const given = await result;
  if (!refused(given.error)) return dataOf(given);
  forget();
  toSignIn();
  return new Promise(() => {}); // this page is on its way out
}

/** Whether somebody has to sign in. */
export function refused(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((each) => each.extensions["code"] === "UNAUTHENTICATED") ?? false;
}
