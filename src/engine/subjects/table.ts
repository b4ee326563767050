import type { AnyAnalysis } from "../../methods/analysis.ts";
import type { SubjectKind } from "../../protocol/analysis-card.ts";
import type { Question } from "../../protocol/question.ts";
import type { EngineServices } from "../services.ts";
import { dataSubject } from "./data.ts";
import { pictureSubject } from "./picture.ts";
import { promptSubject } from "./prompt.ts";
import type { Prepared, SubjectOpener } from "./subject.ts";
import { unitSubject } from "./unit.ts";

const subjects: { readonly [Kind in SubjectKind]: SubjectOpener<Kind> } = {
  picture: pictureSubject,
  data: dataSubject,
  unit: unitSubject,
  prompt: promptSubject,
};

/** Opens a question's model and subject of any kind. */
export const prepare = (services: EngineServices, question: Question, analysis: AnyAnalysis): Promise<Prepared> =>
  (subjects[question.subject.kind] as SubjectOpener<SubjectKind>).prepare(services, question as never, analysis);
