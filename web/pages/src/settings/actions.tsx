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
    <div ref={group} role="group" aria-label={question} class="sure">
      <p>{question}</p>
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
  act: () => Promise<Answer>;
  done: (answer: Answer) => void;
}

/** A button that does it at once. */
export function Act<Answer extends Said>({ label, name, act, done }: ActProps<Answer>) {
  const attempt = useAttempt(act, done);
  return (
    <>
      <Refusal attempt={attempt} />
      <p class="buttons">
        <button
          type="button"
          aria-label={name}
          aria-disabled={attempt.busy}
          onClick={() => attempt.busy || void attempt.go()}
        >
          {label}
        </button>
      </p>
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
