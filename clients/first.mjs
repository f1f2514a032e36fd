// The feed by nothing but fetch: each item once, whatever happens to the server. SERVER and TOKEN say where and who.

// guide: first
const { SERVER = "http://127.0.0.1:8000", TOKEN } = process.env;

function ask(query, headers) {
  const all = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers };
  return fetch(`${SERVER}/graphql`, { method: "POST", headers: all, body: JSON.stringify({ query }) });
}

function told({ data, errors }) {
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

let { cursor } = told(await (await ask("{ cursor }")).json()); // and whatever else a page shows: as of this cursor
for (;;) {
  try {
    const headers = { accept: "text/event-stream", "last-event-id": cursor };
    const answer = await ask("subscription { feed { __typename cursor } }", headers);
    let text = "";
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop(); // half an event
      for (const [, data] of blocks.flatMap((block) => [...block.matchAll(/^data: (.+)$/gm)])) {
        const { feed } = told(JSON.parse(data));
        console.log(JSON.stringify(feed));
        cursor = feed.cursor; // moves forward: after a cut it goes on from here
      }
    }
  } catch (error) {
    console.error(error.message); // away, and it comes back; or refused, which somebody has to read
  }
  await new Promise((resolve) => setTimeout(resolve, 500 + 500 * Math.random()));
}
// guide ends: first
