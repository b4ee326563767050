import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import { DraftInput } from "../lib/DraftInput.tsx";
import { OptionForm, type NamedSite } from "../lib/OptionForm.tsx";
import { Fold, Section } from "../lib/Section.tsx";
import type { Draft } from "./state.ts";
import { SubjectForm } from "./SubjectForm.tsx";

interface Props {
  readonly connection: MessageConnection;
  readonly analysis: AnalysisCard;
  readonly draft: Draft;
  readonly sites: readonly NamedSite[];
  /** Whether everything is filled in. */
  readonly ready: boolean;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly onAsk: () => void;
}

/** What is asked, of what, and how it is computed. */
export function QuestionForm({ connection, analysis, draft, sites, ready, onChange, onAsk }: Props) {
  return (
    <form onSubmit={(event) => (event.preventDefault(), onAsk())}>
      <Section title="What it looks at">
        <div class="editor">
          <SubjectForm
            connection={connection}
            takes={analysis.takes}
            subject={draft.subject}
            sites={sites}
            onChange={(subject) => onChange({ subject })}
          />
          {analysis.needsTarget && (
            <label title="e.g. logit:281, logit:281 - logit:285, or a class by name">
              Target
              <DraftInput
                value={draft.target ?? ""}
                placeholder="the best class"
                onCommit={(text) => onChange({ target: text || undefined })}
              />
            </label>
          )}
        </div>
      </Section>
      {analysis.options.length > 0 && (
        <Fold title="How it is computed">
          <OptionForm
            options={analysis.options}
            values={draft.options}
            sites={sites}
            onChange={(options) => onChange({ options })}
          />
        </Fold>
      )}
      <p>
        <button type="submit" disabled={!ready}>
          Ask
        </button>{" "}
        <span class="quiet">{ready ? `Costs ${analysis.cost}.` : "Fill in what it looks at."}</span>
      </p>
    </form>
  );
}
