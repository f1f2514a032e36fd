// What can be asked without being signed in: signing in itself.
import { type AnyVariables, Client, fetchExchange, type OperationResult } from "@urql/core";

export const URL = "/graphql";

export const open = new Client({ url: URL, exchanges: [fetchExchange], preferGetMethod: false });

/** The data. Throws what went wrong with the request itself; user errors are in the data. */
export function dataOf<Data, Variables extends AnyVariables>(result: OperationResult<Data, Variables>): Data {
  if (result.error !== undefined) throw result.error;
  if (result.data === undefined) throw new Error("an answer without data");
  return result.data;
}

/** A mutation's payload, which is null only where an error says so. */
export function payload<Payload>(given: Payload | null): Payload {
  if (given === null) throw new Error("an answer without a payload");
  return given;
}
