import { MODEL_FILES } from "./modelFiles.ts";

/** The language of experiment files: YAML in its colours, with a server of its own. */
export const EXPERIMENT_LANGUAGE = "glassbox-experiment";

export const LANGUAGES = [
  {
    id: EXPERIMENT_LANGUAGE,
    aliases: ["Glassbox Experiment"],
    extensions: [".glassbox.yaml", ".glassbox.yml"],
    configuration: "./media/experiment.language.json",
  },
] as const;

export const GRAMMARS = [
  {
    language: EXPERIMENT_LANGUAGE,
    scopeName: "source.glassbox-experiment",
    path: "./media/experiment.tmLanguage.json",
  },
] as const;

/** For editors that read such files as plain YAML: the schema says what may be written. */
export const YAML_VALIDATION = [{ fileMatch: "*.glassbox.yaml", url: "./media/experiment.schema.json" }] as const;

/** Python may name models: the server starts with the first such file in a workspace that has one. */
export const CODE_LANGUAGES = ["python"] as const;

export const MODEL_PATTERN = `**/*.{${MODEL_FILES.askAnalysis.map((ending) => String(ending).replace(/^\./, "")).join(",")}}`;
