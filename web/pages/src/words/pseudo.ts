// A language that nobody speaks, longer than English and written from right to left: what it breaks, another would.
const LONGER = 0.4; // of a text's length, as German is longer than English

function stretched(text: string): string {
  return text === "" ? "" : `⟦${text}${"·".repeat(Math.ceil(text.length * LONGER))}⟧`;
}

/** The same catalogue, each text and each function that makes one stretched. */
export function pseudo<Words>(words: Words): Words {
  if (typeof words === "string") return stretched(words) as Words;
  if (typeof words === "function") {
    return ((...given: unknown[]) => pseudo((words as unknown as (...given: unknown[]) => unknown)(...given))) as Words;
  }
  if (words === null || typeof words !== "object" || words instanceof RegExp) return words;
  if (Array.isArray(words)) return words.map((each) => pseudo(each)) as Words;
  return Object.fromEntries(Object.entries(words).map(([name, each]) => [name, pseudo(each)])) as Words;
}
