import type { Findings, MapFinding } from "./finding.ts";
import { targetWords } from "./finding.ts";

/** What `--json` prints: everything but the maps themselves, which are in the files. */
export function jsonDocument(
  { model, input, prediction: { data, certificate, provenance, code }, maps, failed, warnings, cancelled }: Findings,
  files: Readonly<Record<string, string>>,
): string {
  const document = {
    model: { file: model.path, sha256: model.sha256, format: model.format, classes: model.classes?.count ?? null },
    input: { name: input.name, sha256: input.sha256 },
    preprocessing: input.preprocessing && {
      ...input.preprocessing,
      sure: input.sure,
      alternatives: input.alternatives.map(({ title }) => title),
    },
    prediction: { top: data.top, certificate, provenance, command: code.cli },
    methods: maps.map((map) => ({ ...describeMap(map), explains: targetWords(map.result.provenance.target, model) })),
    failed: failed.map(({ method, reason }) => ({ method: method.id, reason })),
    files,
    notes: [...model.notes, ...input.notes],
    warnings,
    cancelled,
  };
  return JSON.stringify(document, undefined, 2);
}

function describeMap({
  method,
  result,
  cancelled,
  cached,
  where,
  signed,
  sentence,
}: MapFinding): Record<string, unknown> {
  const { data, certificate, provenance, code } = result;
  return {
    method: method.id,
    title: method.title,
    target: provenance.target,
    map: {
      shape: data.values.shape,
      extent: data.extent,
      grain: data.grain,
      site: data.site,
      blank: data.blank,
      min: signed.record.min,
      max: signed.record.max,
    },
    sentence,
    drawn: where.caption,
    certificate,
    provenance,
    command: code.cli,
    cancelled,
    cached,
  };
}
