import type { DisplayData, Result } from "../../src/protocol/result.ts";
import { STATUS_SIGNS } from "../lib/icons.tsx";

interface Props {
  readonly title: string;
  readonly result: Result<DisplayData> | undefined;
}

/** Can I believe it? The checks that ran, and everything needed to run it again. */
export function Certificate({ title, result }: Props) {
  if (result === undefined) return null;
  const { certificate, provenance } = result;
  return (
    <section aria-labelledby="believe">
      <h2 id="believe">Can I believe it?</h2>
      <p class="quiet">{title}</p>
      <ul class="checks">
        {certificate.map(({ id, label, status, value, sentence }) => (
          <li key={id}>
            <details>
              <summary>
                <span>{label}</span>
                <span class={`value ${status}`}><span aria-hidden="true">{STATUS_SIGNS[status].sign}</span><span class="hidden">{STATUS_SIGNS[status].word}: </span> {value}</span>
              </summary>
              <p>{sentence}</p>
            </details>
          </li>
        ))}
        <li>
          <details>
            <summary><span>made with</span><span class="value">{provenance.runtime.name} {provenance.runtime.version}</span></summary>
            <dl class="facts">
              <dt>model</dt><dd>{provenance.model.sha256.slice(0, 12)}</dd>
              <dt>input</dt><dd>{provenance.input.sha256.slice(0, 12)}</dd>
              {provenance.target && <><dt>target</dt><dd>{provenance.target}</dd></>}
              {Object.entries(provenance.options).map(([name, value]) => <><dt>{name}</dt><dd>{String(value) || "chosen"}</dd></>)}
              <dt>Glassbox</dt><dd>{provenance.glassbox}</dd>
            </dl>
          </details>
        </li>
      </ul>
    </section>
  );
}
