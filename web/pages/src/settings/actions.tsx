// What can be done with something: a row of buttons, and below it what the pressed one opens.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { settings as say } from "../words/en/settings";
import { FIRST, type Said, useAttempt } from "./form";

export interface Action {
  label: string;
  /** What it says to who hears the button without what stands beside it. */
  name?: string;
  first?: boolean;
  opens: (close: () => void) => ComponentChildren;
}

export function Actions({ of }: { of: Action[] }) {
  const [open, setOpen] = useState<string | null>(null);
  const pressed = useRef<HTMLButtonElement | null>(null);

  function close() {
    setOpen(null);
    pressed.current?.focus();
  }

  const action = of.find((each) => each.label === open);
  return (
    <>
      <p class="buttons">
        {of.map(({ label, name, first }) => (
          <button
            key={label}
            type="button"
            class={first ? undefined : "second"}
            aria-label={name}
            aria-expanded={label === open}
            onClick={(event) => {
              pressed.current = event.currentTarget;
              setOpen(label === open ? null : label);
            }}
          >
            {label}
          </button>
        ))}
      </p>
      {action && (
        <Panel key={action.label} close={close}>
          {action.opens(close)}
        </Panel>
      )}
    </>
  );
}

function Panel({ close, children }: { close: () => void; children: ComponentChildren }) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>(FIRST)?.focus(), []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from whatever has the focus inside
    <div ref={panel} class="panel" onKeyDown={(event) => event.key === "Escape" && close()}>
      {children}
    </div>
  );
}

interface SureProps<Answer extends Said> {
  question: string;
  yes: string;
  act: () => Promise<Answer>;
  done: (answer: Answer) => void;
  close: () => void;
}

/** Asks before something that is not easily undone. */
export function Sure<Answer extends Said>({ question, yes, act, done, close }: SureProps<Answer>) {
  const group = useRef<HTMLDivElement>(null);
  const attempt = useAttempt(act, (answer) => {
    const heading = group.current?.closest(".item")?.querySelector<HTMLElement>("h3");
    done(answer);
    heading?.setAttribute("tabindex", "-1");
    heading?.focus(); // the buttons go with what was done
  });
  return (
    <div ref={group}>
      <Question text={question} yes={yes} attempt={attempt} close={close} />
    </div>
  );
}

interface QuestionProps {
  text: string;
  yes: string;
  attempt: Pick<ReturnType<typeof useAttempt>, "busy" | "mistakes" | "failed" | "go">;
  close: () => void;
}

function Question({ text, yes, attempt, close }: QuestionProps) {
  return (
    <div role="group" aria-label={text} class="sure">
      <p>{text}</p>
      <Refusal attempt={attempt} />
      <p class="buttons">
        <button type="button" class="second" onClick={close}>
          {say.cancel}
        </button>
        <button
          type="button"
          class="grave"
          aria-disabled={attempt.busy}
          onClick={() => attempt.busy || void attempt.go()}
        >
          {yes}
        </button>
      </p>
    </div>
  );
}

interface ActProps<Answer extends Said> {
  label: string;
  name: string;
  /** What is asked before it is done; null: it is done at once. */
  question: { text: string; yes: string } | null;
  act: () => Promise<Answer>;
  done: (answer: Answer) => void;
}

/** A button that does it, at once or when it was asked. */
export function Act<Answer extends Said>({ label, name, question, act, done }: ActProps<Answer>) {
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const attempt = useAttempt(act, (answer: Answer) => {
    close();
    done(answer);
  });

  function close() {
    setAsking(false);
    button.current?.focus(); // which stays, whatever it is for then
  }

  function press() {
    if (question !== null) setAsking(!asking);
    else if (!attempt.busy) void attempt.go();
  }

  return (
    <>
      {!asking && <Refusal attempt={attempt} />}
      <p class="buttons">
        <button
          type="button"
          ref={button}
          class={question === null ? undefined : "second"}
          aria-label={name}
          aria-expanded={question === null ? undefined : asking}
          aria-disabled={attempt.busy}
          onClick={press}
        >
          {label}
        </button>
      </p>
      {asking && question !== null && (
        <Panel close={close}>
          <Question {...question} attempt={attempt} close={close} />
        </Panel>
      )}
    </>
  );
}

function Refusal({
  attempt: { mistakes, failed },
}: {
  attempt: Pick<ReturnType<typeof useAttempt>, "mistakes" | "failed">;
}) {
  const all = [...mistakes.map((mistake) => mistake.message), ...(failed === null ? [] : [failed])];
  return all.length === 0 ? null : <p role="alert">{all.join(" ")}</p>;
}
