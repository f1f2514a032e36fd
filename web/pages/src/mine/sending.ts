// Sending a change: what was typed stays until the server has it, and what to put right is said.
import { useRef, useState } from "preact/hooks";
import { mine } from "../words/en/mine";

type Answer = { userErrors: { message: string }[] };

export interface Sending {
  busy: boolean;
  problem: string | null;
  /** The answer where it is done; null where it is not, and `problem` says why. */
  send: <Given extends Answer>(work: () => Promise<Given>) => Promise<Given | null>;
}

export function useSending(): Sending {
  const [busy, setBusy] = useState(false);
  const under = useRef(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function send<Given extends Answer>(work: () => Promise<Given>): Promise<Given | null> {
    if (under.current) return null; // pressed twice: the button stays there to press, so that it keeps the focus
    under.current = true;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await work();
      if (answer.userErrors.length === 0) return answer;
      setProblem(answer.userErrors.map((error) => error.message).join(" "));
    } catch {
      setProblem(mine.failed);
    } finally {
      under.current = false;
      setBusy(false);
    }
    return null;
  }

  return { busy, problem, send };
}
