// How GraphiQL talks to /graphql: queries and mutations by POST, subscriptions by graphql-transport-ws, on one path.
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import { onTokenChange, token } from "./token.js";

const endpoint = new URL("/graphql", location.href);
const socketEndpoint = new URL(endpoint);
socketEndpoint.protocol = endpoint.protocol.replace("http", "ws");

const credential = () => (token() ? { authorization: `Bearer ${token()}` } : {});

const TERMINATED = 4499;

// The connection of the latest subscription; GraphiQL runs one at a time.
let connection;

// A subscription that was started with the old token must not go on under the new one's name.
onTokenChange(() => connection?.terminate());

async function post(operation, typedHeaders = {}) {
  const headers = new Headers({ accept: "application/json", "content-type": "application/json", ...credential() });
  // What is typed in GraphiQL's Headers tab wins over the bar's token.
  for (const [name, value] of Object.entries(typedHeaders)) headers.set(name, value);
  const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(operation) });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw { message: `The server answered ${response.status}: ${text || response.statusText}` };
  }
}

// GraphiQL prints what is thrown: a closed connection as one sentence, GraphQL errors as they are.
function explained(problem) {
  if (problem.code === TERMINATED) return { message: "The token changed: start the subscription again." };
  if (problem.code) return { message: `The connection closed (${problem.code}): ${problem.reason || "no reason given"}` };
  return problem;
}

// No silent reconnection: the client would repeat the first `after`, and an explorer should show what happened.
// No shared connection: after a failure graphql-ws would keep it open, with the token that it began with.
function subscribe(operation) {
  const client = createClient({ url: socketEndpoint.href, connectionParams: credential, retryAttempts: 0 });
  connection = client;
  return gathered((sink) => client.subscribe(operation, sink));
}

const SHOWN = 50;
const PAUSE = 100; // milliseconds between two looks, so that a long replay does not paint every step

// GraphiQL shows the latest answer alone: a replay would rush past, and a sign of life would hide the last event.
// So each answer it is given holds those before it as well, newest first.
function gathered(start) {
  const newestFirst = [];
  let received = 0;
  let shown = 0;
  let ending;
  let wake;
  const changed = () => wake?.();
  const end = (how) => {
    ending ??= how;
    changed();
  };
  const stop = start({
    next: (result) => {
      received += 1;
      newestFirst.unshift(result);
      newestFirst.splice(SHOWN);
      changed();
    },
    error: (problem) => end({ problem: explained(problem) }),
    complete: () => end({}),
  });
  // Not a generator: its return() would wait for the next event before it stopped the subscription.
  return {
    async next() {
      while (shown === received) {
        if (ending?.problem) throw ending.problem;
        if (ending) return { done: true, value: undefined };
        await new Promise((resolve) => (wake = resolve));
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
      shown = received;
      return { done: false, value: { received, newestFirst: [...newestFirst] } };
    },
    async return() {
      stop();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

// GraphiQL looks at a tab with a delay: its idea of which operation the tab holds may still be the last tab's.
function looked(operation) {
  try {
    const document = parse(operation.query);
    const { operationName, ...rest } = operation;
    const only = getOperationAST(document);
    if (only) return { asked: rest, kind: only.operation };
    return { asked: operation, kind: getOperationAST(document, operationName)?.operation };
  } catch {
    return { asked: operation }; // the server says what is wrong with it
  }
}

export function fetcher(operation, { headers } = {}) {
  const { asked, kind } = looked(operation);
  return kind === "subscription" ? subscribe(asked) : post(asked, headers);
}
