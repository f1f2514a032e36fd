// A form that keeps what was typed, and says what was refused beside the field that it is about.

import { type ComponentChildren, createContext } from "preact";
import { useContext, useId, useRef, useState } from "preact/hooks";
import { why } from "../client/asking";
import { newKey } from "../client/key";
import { settings as say } from "../words/en/settings";

export interface Mistake {
  code: string;
  message: string;
  path: string[];
}
export interface Said {
  userErrors: Mistake[];
}

const Mistakes = createContext<Mistake[]>([]);

/** One attempt after the other: whether one is on its way, what it was refused for, and why it failed. */
export function useAttempt<Answer extends Said>(attempt: () => Promise<Answer>, done: (answer: Answer) => void) {
  const [busy, setBusy] = useState(false);
  const [mistakes, setMistakes] = useState<Mistake[]>([]);
  const [failed, setFailed] = useState<string | null>(null);

  const fail = (thrown: unknown) => setFailed(why(thrown, say.away, say.broken));

  async function go(): Promise<Mistake[]> {
    setBusy(true);
    setFailed(null);
    let refused: Mistake[] = [];
    try {
      const answer = await attempt();
      refused = answer.userErrors;
      setMistakes(refused);
      if (refused.length === 0) done(answer);
    } catch (thrown) {
      setMistakes([]);
      fail(thrown);
    }
    setBusy(false);
    return refused;
  }
  return { busy, mistakes, failed, go, fail };
}

/** What a keyboard goes on from, where something has opened. */
export const FIRST = "input:not([type=hidden]), button";

interface FormProps<Answer extends Said> {
  label: string;
  /** `key`: the same for the same input, so that what is sent again after a cut is done once. */
  send: (given: FormData, key: string) => Promise<Answer>;
  done: (answer: Answer, form: HTMLFormElement) => void;
  go?: string;
  cancel?: () => void;
  /** Shows what it is about as it is now, where somebody else was quicker. */
  again?: () => Promise<void>;
  children: ComponentChildren;
}

export function Form<Answer extends Said>({
  label,
  send,
  done,
  go = say.save,
  cancel,
  again,
  children,
}: FormProps<Answer>) {
  const form = useRef<HTMLFormElement>(null);
  const [key] = useState(keys);
  const { busy, mistakes, failed, ...attempt } = useAttempt(
    () => {
      const given = new FormData(form.current!);
      return send(given, key(given));
    },
    (answer) => done(answer, form.current!),
  );

  const field = (mistake: Mistake) => form.current?.elements.namedItem(mistake.path[0] ?? "");
  const others = mistakes.filter((mistake) => !field(mistake));

  async function startAgain() {
    const place = form.current?.parentElement;
    try {
      await again?.();
      requestAnimationFrame(() => place?.querySelector("form")?.querySelector<HTMLElement>(FIRST)?.focus());
    } catch (thrown) {
      attempt.fail(thrown);
    }
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (busy) return;
    const [first] = await attempt.go();
    const meant = first && field(first);
    if (meant instanceof HTMLElement) meant.focus();
  }

  return (
    <form ref={form} aria-label={label} onSubmit={submit}>
      <Mistakes.Provider value={mistakes}>{children}</Mistakes.Provider>
      {others.length > 0 && <p role="alert">{others.map((mistake) => mistake.message).join(" ")}</p>}
      {failed !== null && <p role="alert">{failed}</p>}
      {again && mistakes.some((mistake) => mistake.code === "STALE_VERSION") && (
        <button type="button" class="second" onClick={startAgain}>
          {say.startAgain}
        </button>
      )}
      <p class="buttons">
        <button aria-disabled={busy}>{busy ? say.saving : go}</button>
        {cancel && (
          <button type="button" class="second" onClick={cancel}>
            {say.cancel}
          </button>
        )}
      </p>
    </form>
  );
}

function keys(): (given: FormData) => string {
  let last = "";
  let key = "";
  return (given) => {
    const now = JSON.stringify([...given]);
    if (now !== last) key = newKey();
    last = now;
    return key;
  };
}

/** What the ids of a field's hint and mistake are, and the mistake, beside it. */
function useField(name: string, hint: string | undefined) {
  const id = useId();
  const wrong = useContext(Mistakes).filter((mistake) => mistake.path[0] === name);
  const described = [hint !== undefined && `${id}-hint`, wrong.length > 0 && `${id}-wrong`].filter(Boolean).join(" ");
  return {
    given: { id, name, "aria-describedby": described || undefined },
    invalid: wrong.length > 0,
    hint: hint !== undefined && (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    ),
    wrong: wrong.length > 0 && (
      <p role="alert" id={`${id}-wrong`}>
        {wrong.map((mistake) => mistake.message).join(" ")}
      </p>
    ),
  };
}

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  was?: string | null;
}

interface TextProps extends FieldProps {
  type?: "text" | "email" | "password" | "date";
  required?: boolean;
  lines?: boolean;
  autocomplete?: string;
}

export function Text({
  name,
  label,
  hint,
  was,
  type = "text",
  required = false,
  lines = false,
  autocomplete = "off",
}: TextProps) {
  const field = useField(name, hint);
  const given = { ...field.given, "aria-invalid": field.invalid, required, defaultValue: was ?? "", autocomplete };
  return (
    <div class="field">
      <label for={field.given.id}>{label}</label>
      {field.hint}
      {lines ? <textarea {...given} /> : <input {...given} type={type as "text"} /* Preact types each by itself */ />}
      {field.wrong}
    </div>
  );
}

export interface Option {
  value: string;
  text: string;
  depth?: number;
}

export function Select({ name, label, hint, was, none, options }: FieldProps & { none: string; options: Option[] }) {
  const field = useField(name, hint);
  return (
    <div class="field">
      <label for={field.given.id}>{label}</label>
      {field.hint}
      <select {...field.given} aria-invalid={field.invalid}>
        <option value="" selected={!was}>
          {none}
        </option>
        {options.map(({ value, text, depth = 0 }) => (
          <option key={value} value={value} selected={value === was}>
            {"\u2003".repeat(depth) + text}
          </option>
        ))}
      </select>
      {field.wrong}
    </div>
  );
}

/** Several fields under one name: `children` have no name of their own, or the same. */
export function Group({ name, label, hint, children }: FieldProps & { children: ComponentChildren }) {
  const field = useField(name, hint);
  return (
    <fieldset {...field.given}>
      <legend>{label}</legend>
      {field.hint}
      {children}
      {field.wrong}
    </fieldset>
  );
}

export function Choices({ was, options, ...group }: Omit<FieldProps, "was"> & { was: string[]; options: Option[] }) {
  return (
    <Group {...group}>
      <div class="choices">
        {options.map(({ value, text, depth = 0 }) => (
          <label key={value} class="choice" data-depth={Math.min(depth, 4)}>
            <input type="checkbox" name={group.name} value={value} defaultChecked={was.includes(value)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </Group>
  );
}

/** What was typed; nothing but blanks is none. */
export const text = (given: FormData, name: string): string => String(given.get(name) ?? "");
export const textOrNone = (given: FormData, name: string): string | null => text(given, name).trim() || null;
export const texts = (given: FormData, name: string): string[] => given.getAll(name).map(String);
