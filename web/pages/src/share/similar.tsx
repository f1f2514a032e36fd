// What is like the idea that somebody writes: shown while they type, so that they can support it instead.
import { useEffect, useState } from "preact/hooks";
import { client } from "../client/client";
import { graphql, type ResultOf } from "../client/graphql";
import { dataOf, payload } from "../client/open";
import { share as say } from "../words/en/share";

const SIMILAR = graphql(`
  query Similar($text: String!) {
    similarIdeas(text: $text, first: 3) { likeness idea { id reference title supportCount viewerSupports viewerCanDo } }
  }
`);
const SUPPORT = graphql(`
  mutation Support($input: SupportIdeaInput!) {
    supportIdea(input: $input) { idea { id supportCount } userErrors { message } }
  }
`);
const REST = 500; // ms without a key before it is asked
const LEAST = 12; // letters: less says nothing yet
const ALIKE = 0.45; // of likeness; less is chance

type Found = ResultOf<typeof SIMILAR>["similarIdeas"][number]["idea"];

/** `text`: what has been typed so far. Without a connection there is nothing to be seen, and nothing in the way. */
export function Similar({ text }: { text: string }) {
  const [found, setFound] = useState<Found[]>([]);
  const [said, setSaid] = useState<ReadonlyMap<string, string>>(new Map());

  useEffect(() => {
    if (text.trim().length < LEAST) return setFound([]);
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const { similarIdeas } = dataOf(await client.query(SIMILAR, { text }));
        if (wanted) setFound(similarIdeas.filter((each) => each.likeness >= ALIKE).map((each) => each.idea));
      } catch {
        if (wanted) setFound([]); // it helps, and is not needed to share
      }
    }, REST);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);

  async function support(idea: Found) {
    let words: string;
    try {
      const answer = payload(dataOf(await client.mutation(SUPPORT, { input: { ideaId: idea.id } })).supportIdea);
      words = answer.userErrors.map((error) => error.message).join(" ") || say.supported(idea.reference);
    } catch {
      words = say.notSupported;
    }
    setSaid((before) => new Map(before).set(idea.id, words));
  }

  return (
    <div role="status">
      {found.length > 0 && (
        <section class="similar" aria-label={say.similar}>
          <h2>{say.similar}</h2>
          <ul>
            {found.map((idea) => (
              <li key={idea.id}>
                <p>
                  {idea.title} <span class="hint">{say.supporters(idea.supportCount)}</span>
                </p>
                {said.has(idea.id) ? (
                  <p>{said.get(idea.id)}</p>
                ) : idea.viewerSupports ? (
                  <p>{say.supported(idea.reference)}</p>
                ) : (
                  idea.viewerCanDo.includes("SUPPORT") && (
                    <button type="button" onClick={() => void support(idea)} aria-label={say.supportIt(idea.title)}>
                      {say.support}
                    </button>
                  )
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
