import { useState } from "preact/hooks";
import type { PreparedInput } from "../../src/protocol/engine.ts";
import type { Preprocessing } from "../../src/protocol/model.ts";
import { DraftInput } from "../lib/DraftInput.tsx";
import { Section } from "../lib/Section.tsx";
import { figure } from "../lib/heatmap-reading.ts";
import { SizeFields } from "./SizeFields.tsx";

interface Props {
  readonly prepared: PreparedInput;
  readonly onChange: (preprocessing: Preprocessing | undefined) => void;
}

/** How the picture was fed to the model, and how to change it: the commonest silent error of the field, kept in sight. */
export function Preprocess({ prepared, onChange }: Props) {
  const [editing, setEditing] = useState(false);
  const { preprocessing, sure } = prepared;
  if (preprocessing === undefined) {
    return (
      <Section title="As fed to the model">
        <p>{prepared.notes.join(" ")}</p>
      </Section>
    );
  }
  return (
    <Section title="As fed to the model">
      {!sure && (
        <p class="doubt" role="status">
          <span aria-hidden="true">△</span> Is this right? {preprocessing.reason} A wrong choice gives confident
          nonsense.
        </p>
      )}
      <dl class="facts">
        <dt>size</dt>
        <dd>{sizeText(preprocessing)}</dd>
        <dt>colour</dt>
        <dd>
          {preprocessing.channelOrder}, {preprocessing.range.map(figure).join(" to ")}
        </dd>
        <dt>mean</dt>
        <dd>{preprocessing.mean.map(figure).join(", ")}</dd>
        <dt>deviation</dt>
        <dd>{preprocessing.std.map(figure).join(", ")}</dd>
        <dt>layout</dt>
        <dd>{layoutText[preprocessing.layout]}</dd>
        <dt>known from</dt>
        <dd title={preprocessing.reason}>{sourceText[preprocessing.source]}</dd>
      </dl>
      <button class="link" aria-expanded={editing} onClick={() => setEditing(!editing)}>
        {editing ? "Close" : "Change…"}
      </button>
      {editing && (
        <Editor
          prepared={prepared}
          preprocessing={preprocessing}
          onChange={(changed) => (setEditing(false), onChange(changed))}
        />
      )}
    </Section>
  );
}

const sourceText: Readonly<Record<Preprocessing["source"], string>> = {
  metadata: "the file beside the model",
  detected: "trying the usual conventions",
  default: "the usual convention",
  user: "your choice",
};

const layoutText: Readonly<Record<Preprocessing["layout"], string>> = { NCHW: "channels first", NHWC: "channels last" };

function sizeText({ resize, crop }: Preprocessing): string {
  const resized =
    resize === null
      ? "as it is"
      : resize.mode === "exact"
        ? `${resize.size[1]} × ${resize.size[0]}`
        : String(resize.size);
  return crop === null
    ? resized
    : `${resized} → crop ${crop.width === crop.height ? crop.width : `${crop.width} × ${crop.height}`}`;
}

function Editor({ prepared, preprocessing, onChange }: Props & { readonly preprocessing: Preprocessing }) {
  const [draft, setDraft] = useState(preprocessing);
  const change = (part: Partial<Preprocessing>): void =>
    setDraft({ ...draft, ...part, source: "user", reason: "You chose it for this model." });
  const numbers = (label: string, key: "mean" | "std" | "range") => (
    <label>
      {label}
      <DraftInput
        value={draft[key].map(figure).join(", ")}
        onCommit={(text) => {
          const values = text
            .split(/[\s,;]+/)
            .filter(Boolean)
            .map(Number);
          if (values.length !== draft[key].length || !values.every(Number.isFinite)) return false;
          change({ [key]: values });
          return true;
        }}
      />
    </label>
  );
  return (
    <form class="editor" onSubmit={(event) => (event.preventDefault(), onChange(draft))}>
      <label>
        Convention
        <select
          onChange={(event) => {
            const chosen = prepared.alternatives[Number(event.currentTarget.value)];
            if (chosen) change(chosen.preprocessing);
          }}
        >
          <option value="">Take one as a whole…</option>
          {prepared.alternatives.map(({ title }, i) => (
            <option key={title} value={i}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <SizeFields sizes={draft} onChange={change} />
      <label>
        Channel order
        <select
          value={draft.channelOrder}
          onChange={(event) => change({ channelOrder: event.currentTarget.value as Preprocessing["channelOrder"] })}
        >
          {(draft.mean.length === 1 ? ["grey"] : ["RGB", "BGR"]).map((order) => (
            <option key={order}>{order}</option>
          ))}
        </select>
      </label>
      <label>
        Layout
        <select
          value={draft.layout}
          onChange={(event) => change({ layout: event.currentTarget.value as Preprocessing["layout"] })}
        >
          {Object.entries(layoutText).map(([layout, words]) => (
            <option key={layout} value={layout}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {numbers("Range, black to white", "range")}
      {numbers("Mean of each channel", "mean")}
      {numbers("Deviation of each channel", "std")}
      <div class="buttons">
        <button type="submit">Use and remember</button>
        <button type="button" class="secondary" onClick={() => onChange(undefined)}>
          Find it again
        </button>
      </div>
    </form>
  );
}
