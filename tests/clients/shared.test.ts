// What the examples share, tried by itself: in Node, by its own test runner.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Away, asking } from "../../clients/shared/asking";
import type { Idea, Item } from "../../clients/shared/documents";
import { type Kept, type Out, outbox } from "../../clients/shared/outbox";
import { append, meanwhile, put, reduce } from "../../clients/shared/reduce";
import { memory } from "../../clients/shared/terminal";

/** Until somebody calls it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test("what one tab keeps is not lost by what another one does", async () => {
  const store = memory();
  const reached = gate();
  const sent: string[] = [];
  const done = gate();
  async function send({ problem }: Kept): Promise<null> {
    await reached.opened;
    sent.push(problem);
    return null;
  }
  const show = ({ waiting }: Out) => waiting.length === 0 && sent.length > 1 && done.open();
  const [one, other] = [outbox("me", store, send, show), outbox("me", store, send, show)];
  const close = [one.open(), other.open()];
  one.share("In one tab");
  other.share("In another tab");
  const after: Out[] = [];
  outbox("me", store, send, (out) => after.push(out)).open()(); // after both were closed and opened anew
  assert.deepEqual(
    after[0]?.waiting.map(({ problem }) => problem),
    ["In one tab", "In another tab"],
  );
  reached.open();
  await done.opened;
  assert.deepEqual(new Set(sent), new Set(["In one tab", "In another tab"]));
  for (const each of close) each();
});

test("what the server fails at lets the others go first, and is sent in the end", async () => {
  const done = gate();
  const sent: string[] = [];
  let fails = 1;
  async function send({ problem }: Kept): Promise<null> {
    if (problem === "Hard" && fails-- > 0) throw new Away("INTERNAL");
    sent.push(problem);
    return null;
  }
  const box = outbox("me", memory(), send, ({ waiting }) => waiting.length === 0 && sent.length > 0 && done.open());
  box.open();
  box.share("Hard");
  box.share("Easy");
  await done.opened;
  assert.deepEqual(sent, ["Easy", "Hard"]);
});

test("what was refused is kept with why until somebody has put it right, however much else is", async () => {
  const store = memory();
  const done = gate();
  let shown: Out | undefined;
  const box = outbox(
    "me",
    store,
    async ({ problem }) => `${problem}: too long.`,
    (out) => {
      shown = out;
      if (out.refused.length === 2) done.open();
    },
  );
  box.open();
  box.share("One");
  box.share("Another");
  await done.opened;
  let anew: Out | undefined;
  const later = outbox(
    "me",
    store,
    async () => null,
    (out) => {
      anew = out;
    },
  );
  later.open();
  assert.deepEqual(anew, shown);
  assert.deepEqual(
    anew?.refused.map(({ why }) => why),
    ["One: too long.", "Another: too long."],
  );
  for (const { key } of anew?.refused ?? []) later.drop(key);
  assert.deepEqual(anew, { waiting: [], refused: [] });
});

test("what waits for one person is sent by nobody else", async () => {
  const store = memory();
  const away = gate();
  const close = outbox(
    "Ada",
    store,
    () => away.opened.then(() => Promise.reject(new Away())),
    () => {},
  );
  const shut = close.open();
  close.share("Ada's");
  const sent: string[] = [];
  const done = gate();
  const box = outbox(
    "Bo",
    store,
    async ({ problem }) => {
      sent.push(problem);
      return null;
    },
    ({ waiting }) => waiting.length === 0 && sent.length > 0 && done.open(),
  );
  box.open();
  box.share("Bo's");
  await done.opened;
  shut();
  away.open();
  assert.deepEqual(sent, ["Bo's"]);
  assert.equal(store.length, 1, "Ada's waits for her");
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

const refusing = (code: string) => JSON.stringify({ errors: [{ message: "No.", extensions: { code } }] });

test("a token that is refused is renewed once, and no answer is older than what was heard", async () => {
  const { asked, server, url } = await answering(refusing("UNAUTHENTICATED"), '{"data": 1}');
  const http = asking({ token: async (renew) => (renew ? "new" : "old") });
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
    refusing("UNAVAILABLE"),
    "<h1>Bad gateway</h1>",
    '{"message": "upstream away"}',
    refusing("FORBIDDEN"),
  );
  const http = asking({ token: async () => "good" });
  await assert.rejects(http.fetch(url), (error: Away) => error.code === "UNAVAILABLE");
  await assert.rejects(http.fetch(url), (error: Away) => error instanceof Away && error.code === null);
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

test("a page that was long on its way is brought up to date by what the feed told meanwhile", async () => {
  const paging = meanwhile();
  const { viewerSupports, ...told } = { ...IDEA, id: "idea_2", status: "IMPLEMENTED" as const, version: 2 };
  const shown = await paging.during(async () => {
    paging.told({ __typename: "ContentRetracted", cursor: "2", nodeId: "idea_1" } as Item);
    paging.told({ __typename: "IdeaStatusChanged", cursor: "3", idea: told } as Item);
    return paging.now(append([], [IDEA, { ...IDEA, id: "idea_2" }]));
  });
  assert.deepEqual(shown, [{ ...told, viewerSupports }]);
  paging.told({ __typename: "ContentRetracted", cursor: "4", nodeId: "idea_2" } as Item);
  assert.deepEqual(await paging.during(async () => paging.now(shown)), shown, "what came before was in the page");
});
