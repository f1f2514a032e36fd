// What the examples share, tried by itself: in Node, by its own test runner.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Away, asking } from "../../clients/shared/asking";
import type { Idea, Item } from "../../clients/shared/documents";
import { type Out, outbox, type Waiting } from "../../clients/shared/outbox";
import { put, reduce } from "../../clients/shared/reduce";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
}

/** Until somebody calls it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("what one tab keeps is not lost by what another one does", async () => {
  const store = storage();
  const reached = gate();
  const sent: string[] = [];
  const done = gate();
  async function send({ problem }: Waiting): Promise<null> {
    await reached.opened;
    sent.push(problem);
    return null;
  }
  const show = ({ waiting }: Out) => waiting.length === 0 && sent.length > 1 && done.open();
  const [one, other] = [outbox(store, send, show), outbox(store, send, show)];
  one.share("In one tab");
  other.share("In another tab");
  assert.deepEqual(
    (JSON.parse(store.getItem("ideas-to-share") ?? "[]") as Waiting[]).map(({ problem }) => problem),
    ["In one tab", "In another tab"],
  );
  reached.open();
  await done.opened;
  assert.deepEqual(new Set(sent), new Set(["In one tab", "In another tab"]));
});

test("what the server fails at lets the others go first, and is sent in the end", async () => {
  const done = gate();
  const sent: string[] = [];
  let fails = 1;
  async function send({ problem }: Waiting): Promise<null> {
    if (problem === "Hard" && fails-- > 0) throw new Away("INTERNAL");
    sent.push(problem);
    return null;
  }
  const box = outbox(storage(), send, ({ waiting }) => waiting.length === 0 && done.open());
  box.share("Hard");
  box.share("Easy");
  await done.opened;
  assert.deepEqual(sent, ["Easy", "Hard"]);
});

test("what was refused is handed back with why", async () => {
  const done = gate();
  let shown: Out | undefined;
  const box = outbox(
    storage(),
    async () => "Too long.",
    (out) => {
      shown = out;
      if (out.refused !== null) done.open();
    },
  );
  box.share("Long");
  await done.opened;
  assert.deepEqual(shown, { waiting: [], refused: { problem: "Long", why: "Too long." } });
});

/** A server that answers so, one after the other; and with which tokens and cursors it was asked. */
async function answering(...answers: string[]) {
  const asked: (string | undefined)[][] = [];
  const server = createServer(({ headers }, response) => {
    asked.push([headers.authorization, headers["groundswell-after"] as string | undefined]);
    response.end(answers.shift());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { asked, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}

const refusing = (code: string, more: object = {}) =>
  JSON.stringify({ errors: [{ message: "No.", extensions: { code, ...more } }] });

test("a token that is refused is renewed once, and no answer is older than what was heard", async () => {
  const { asked, server, url } = await answering(refusing("UNAUTHENTICATED"), '{"data": 1}');
  const http = asking({ server: url, token: async (renew) => (renew ? "new" : "old") });
  http.heard("7");
  assert.deepEqual(await (await http.fetch(url)).json(), { data: 1 });
  assert.deepEqual(asked, [
    ["Bearer old", "7"],
    ["Bearer new", "7"],
  ]);
  server.close();
});

test("what may be asked again is told from what may not", async () => {
  const { server, url } = await answering(
    refusing("RATE_LIMITED", { retryAfterSeconds: 9 }),
    "<h1>Bad gateway</h1>",
    refusing("FORBIDDEN"),
  );
  const http = asking({ server: url, token: async () => "good" });
  await assert.rejects(http.fetch(url), (error: Away) => error.code === "RATE_LIMITED" && error.after === 9);
  await assert.rejects(http.fetch(url), (error: Away) => error instanceof Away && error.code === null);
  assert.match(await (await http.fetch(url)).text(), /FORBIDDEN/);
  server.close();
  server.closeAllConnections();
  await assert.rejects(http.fetch(url), Away);
});

const IDEA: Idea = {
  id: "idea_1",
  reference: "IDEA-1",
  title: "Bells",
  problem: "Bells out of reach",
  status: "OPEN",
  supportCount: 0,
  viewerSupports: true,
  version: 1,
  submittedAt: "2026-01-01T08:00:00Z",
};

test("the feed's word on support holds against an answer that was long on its way; what is one's own stays", () => {
  const { viewerSupports, ...told } = IDEA;
  const item = { __typename: "IdeaSupported", cursor: "2", idea: { ...told, supportCount: 1 } } as Item;
  const after = [{ ...IDEA, supportCount: 1 }];
  assert.deepEqual(reduce([IDEA], item), after);
  assert.deepEqual(put(after, IDEA), after);
  assert.deepEqual(put(after, { ...IDEA, version: 2 }), [{ ...IDEA, version: 2 }]);
});
