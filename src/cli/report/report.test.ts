import assert from "node:assert/strict";
import { test } from "node:test";
import { conventionNamed, preprocessingFor } from "../../data/image/conventions.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Check, Heatmap, Provenance } from "../../protocol/result.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Findings, MapFinding } from "../explain/finding.ts";
import { canvasFor, draw } from "../explain/pictures.ts";
import { report } from "./report.ts";

const extent = [8, 8] as const;
const view = { width: 8, height: 8, rgb: new Uint8Array(8 * 8 * 3).fill(120) };
const hostile = `<img src=x onerror="alert('1')">`;

const provenance: Provenance = {
  glassbox: "0.1.0",
  model: { file: "net.onnx", sha256: "ab" },
  subject: { kind: "picture", name: "a.png", sha256: "cd" },
  preparation: "{}",
  analysis: "gradient",
  target: "logit:1 - logit:0",
  options: { steps: 5 },
  runtime: { name: "onnxruntime", version: "1" },
};

function finding(values: Float32Array, certificate: readonly Check[], blank?: string): MapFinding {
  const data: Heatmap = { kind: "heatmap", values: float32([1, 8, 8], values), extent, grain: "pixel", blank };
  const canvas = canvasFor({ view }, extent);
  const method: AnalysisCard = {
    id: "gradient",
    family: "attribution",
    gives: "heatmap",
    title: "Gradient",
    summary: "The slope.",
    cost: "one gradient",
    paper: undefined,
    takes: "picture",
    needsTarget: true,
    options: [],
  };
  return {
    method,
    result: { data, certificate, provenance, code: { cli: "glassbox explain net.onnx a.png" } },
    cancelled: false,
    cached: false,
    where: draw(data, canvas, "where"),
    signed: draw(data, canvas, "signed"),
    sentence: blank ?? "It is here.",
  };
}

const findings = (maps: readonly MapFinding[]): Findings => ({
  model: {
    kind: "network",
    path: "/net.onnx",
    name: hostile,
    sha256: "ab",
    bytes: 1,
    format: "ONNX, opset 18",
    producer: "",
    inputs: [],
    outputs: [],
    operators: [],
    parameters: 1,
    sites: [],
    notes: [],
    classes: { count: 2, names: [hostile, "cat"], source: "" },
    contract: { inputs: [], heads: [], unexplained: undefined, names: undefined },
    picture: undefined,
  },
  input: {
    name: "a.png",
    sha256: "cd",
    view,
    preprocessing: preprocessingFor(conventionNamed("imagenet"), { layout: "NCHW", channels: 3, height: 8, width: 8 }),
    sure: false,
    alternatives: [],
    notes: [],
  },
  prediction: {
    data: {
      kind: "model-output",
      is: "classes",
      logits: float32([2], [0, 1]),
      top: [
        { index: 1, name: "cat", logit: 1, probability: 0.75 },
        { index: 0, name: hostile, logit: 0, probability: 0.25 },
      ],
    },
    certificate: [],
    provenance: { ...provenance, analysis: "prediction", target: undefined, options: {} },
    code: { cli: "glassbox explain net.onnx a.png --method prediction" },
  },
  maps,
  photograph: undefined,
  failed: [],
  warnings: ["it may be wrong."],
  cancelled: false,
});

const bright = Float32Array.from({ length: 64 }, (_, i) => i - 10);

test("names from files are text, never markup", () => {
  const page = report(findings([finding(bright, [])]));
  assert.ok(!page.includes(hostile));
  assert.ok(page.includes("&lt;img src=x onerror=&quot;"));
  assert.match(page, /cat − &lt;img/);
});

test("a check's state is a sign and, where it is not passed, a word", () => {
  const check = (status: Check["status"]): Check => ({
    id: status,
    label: "complete",
    status,
    value: "3 %",
    sentence: `It is ${status}.`,
    numbers: {},
  });
  const page = report(findings([finding(bright, [check("pass"), check("warn"), check("fail")])]));
  for (const words of ["✓ complete, 3 %", "△ caution: complete, 3 %", "✕ failed: complete, 3 %", "It is warn."])
    assert.ok(page.includes(words), words);
});

test("a blank map is explained in the place of its sentence, and has no scale", () => {
  const page = report(findings([finding(new Float32Array(64), [], "Every path is switched off.")]));
  assert.match(page, /<p>Every path is switched off\.<\/p>/);
  assert.doesNotMatch(page, /scale shared"><span>less/);
});

test("it warns before it shows, and asks nothing of the network", () => {
  const page = report(findings([finding(bright, [])]));
  assert.ok(page.indexOf("it may be wrong.") < page.indexOf("<figure>"));
  assert.match(page, /default-src 'none'/);
  assert.doesNotMatch(page, /<script|src="http/);
});

test("every picture has a text and every table a caption or a head", () => {
  const page = report(findings([finding(bright, [])]));
  for (const [tag] of page.matchAll(/<img [^>]*>/g)) assert.match(tag, /alt="[^"]{10,}"/);
  for (const [table] of page.matchAll(/<table[\s\S]*?<\/table>/g)) assert.match(table, /<caption>[^<]|<thead>/);
});

test("equal findings give equal bytes", () => {
  assert.equal(report(findings([finding(bright, [])])), report(findings([finding(bright, [])])));
});
