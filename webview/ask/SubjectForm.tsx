import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { listPictures, pick, type Pickable, type PictureChoice } from "../../src/protocol/panel.ts";
import type { DataSubject, PictureSubject, Subject, UnitSubject } from "../../src/protocol/question.ts";
import { DraftInput } from "../lib/DraftInput.tsx";
import type { NamedSite } from "../lib/OptionForm.tsx";
import { PromptFields } from "./PromptFields.tsx";

interface Props<S extends Subject> {
  readonly connection: MessageConnection;
  readonly subject: S;
  readonly sites: readonly NamedSite[];
  readonly onChange: (subject: S) => void;
}

/** What an analysis looks at, to be filled in. */
export function SubjectForm({
  connection,
  takes,
  subject,
  sites,
  onChange,
}: Omit<Props<Subject>, "subject"> & { readonly takes: Subject["kind"]; readonly subject: Subject | undefined }) {
  const picked = (what: Pickable, use: (path: string) => Subject): void =>
    void connection.sendRequest(pick, { what }).then((path) => path !== null && onChange(use(path)));
  if (takes === "picture")
    return (
      <PictureField
        connection={connection}
        subject={subject?.kind === "picture" ? subject : undefined}
        onChange={onChange}
        onBrowse={() => picked("picture", (path) => ({ kind: "picture", input: { path } }))}
      />
    );
  if (subject?.kind === "data")
    return (
      <DataFields
        subject={subject}
        onChange={onChange}
        onBrowse={(what) => picked(what, (data) => ({ kind: "data", data }))}
      />
    );
  if (subject?.kind === "unit") return <UnitField subject={subject} sites={sites} onChange={onChange} />;
  if (subject?.kind === "prompt") return <PromptFields subject={subject} onChange={onChange} />;
  return null;
}

function PictureField({
  connection,
  subject,
  onChange,
  onBrowse,
}: {
  readonly connection: MessageConnection;
  readonly subject: PictureSubject | undefined;
  readonly onChange: (subject: PictureSubject) => void;
  readonly onBrowse: () => void;
}) {
  const [pictures, setPictures] = useState<readonly PictureChoice[]>([]);
  useEffect(() => void connection.sendRequest(listPictures).then(setPictures, () => undefined), [connection]);
  const chosen = subject && "path" in subject.input ? subject.input.path : undefined;
  const others = chosen !== undefined && !pictures.some(({ path }) => path === chosen);
  return (
    <>
      <label>
        Picture
        <select
          value={chosen ?? ""}
          onChange={(event) => onChange({ kind: "picture", input: { path: event.currentTarget.value } })}
        >
          {chosen === undefined && <option value="">choose one</option>}
          {others && <option value={chosen}>{chosen.replace(/^.*[/\\]/, "")}</option>}
          {pictures.map(({ path, label, detail }) => (
            <option key={path} value={path}>
              {label} ({detail})
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="link" onClick={onBrowse}>
        Choose a file…
      </button>
    </>
  );
}

function DataFields({
  subject,
  onChange,
  onBrowse,
}: Pick<Props<DataSubject>, "subject" | "onChange"> & {
  readonly onBrowse: (what: "data-folder" | "data-file") => void;
}) {
  return (
    <>
      <label title="procedural[:count[:seed]], concepts[:count[:seed]], or the path of a folder, a .csv, .tsv or .npz file">
        Labelled data
        <DraftInput value={subject.data} onCommit={(data) => onChange({ ...subject, data })} />
      </label>
      <p>
        <button type="button" class="link" onClick={() => onBrowse("data-folder")}>
          A folder…
        </button>{" "}
        ·{" "}
        <button type="button" class="link" onClick={() => onBrowse("data-file")}>
          A table or an .npz file…
        </button>
      </p>
      <label>
        Label
        <DraftInput
          value={subject.label ?? ""}
          placeholder="the first of the data"
          onCommit={(text) => onChange({ ...subject, label: text || undefined })}
        />
      </label>
    </>
  );
}

function UnitField({ subject, sites, onChange }: Pick<Props<UnitSubject>, "subject" | "sites" | "onChange">) {
  const example = sites.find(({ channels = 0, positions = 0 }) => channels > 1 && positions > 1)?.name ?? "site";
  return (
    <label title="A channel, a logit, or sums of such objectives">
      Objective
      <DraftInput
        value={subject.objectives.join(", ")}
        placeholder={`channel("${example}", 0)`}
        onCommit={(text) => onChange({ ...subject, objectives: [text] })}
      />
    </label>
  );
}
