import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { decodeImage } from "../../src/data/image/decode.ts";
import { readNpy } from "../../src/formats/numpy/npy.ts";
import { memorySource } from "../../src/formats/source.ts";
import type { Check, Result } from "../../src/protocol/result.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { colourClassifier, lyingLength, unknownOperator, wholeNumbers } from "../files/onnx-file.ts";
import { cat, GlassboxProcess, root, sampleModel, samples } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

interface Document {
  readonly prediction: {
    readonly command: string;
    readonly provenance: unknown;
    readonly certificate: readonly Check[];
    readonly top: readonly { readonly name: string; readonly probability: number }[];
  };
  readonly preprocessing: { readonly source: string; readonly sure: boolean; readonly channelOrder: string };
  readonly methods: readonly {
    readonly method: string;
    readonly command: string;
    readonly provenance: unknown;
    readonly certificate: readonly Check[];
    readonly cancelled: boolean;
  }[];
  readonly failed: readonly { readonly method: string; readonly reason: string }[];
  readonly files: Readonly<Record<string, string>>;
}

const npy = (file: string) => readNpy(memorySource(file, fs.readFileSync(file)));

test("from nothing it says Egyptian cat, tabby, tiger cat, and writes pictures and a report", () => {
  const { code, out, err } = glassbox.run("explain", sampleModel, cat);
  assert.equal(code, 0, err);
  const lines = [...out.matchAll(/^ {2}(\S.*?) {2,}(\d+\.\d+) %/gm)].map(([, name, share]) => ({
    name,
    probability: Number(share) / 100,
  }));
  assert.deepEqual(
    lines.slice(0, 3).map(({ name }) => name),
    ["Egyptian cat", "tabby", "tiger cat"],
  );
  [0.355, 0.283, 0.224].forEach((expected, i) => assert.ok(Math.abs(lines[i]!.probability - expected) < 0.03));
  assert.match(out, /Integrated gradients +✓ completeness, 0\.\d+ % of the change is missing/);
  const folder = glassbox.path("glassbox-report", "chelsea-efficientnet-lite0");
  assert.deepEqual(fs.readdirSync(folder).sort(), [
    ".glassbox",
    "grad-cam.png",
    "integrated-gradients.png",
    "report.html",
    "smoothgrad.png",
  ]);
  const picture = decodeImage(fs.readFileSync(path.join(folder, "smoothgrad.png")), "smoothgrad.png").image;
  assert.deepEqual([picture.width, picture.height], [448, 448]);
});

test("the report stands alone: no script, nothing fetched, a text for every picture", () => {
  const page = fs.readFileSync(glassbox.path("glassbox-report", "chelsea-efficientnet-lite0", "report.html"), "utf8");
  assert.doesNotMatch(page, /<script|<link|url\(|@import/i);
  for (const [tag] of page.matchAll(/<img [^>]*>/g))
    assert.match(tag, /src="data:image\/png;base64,[^"]+".* alt="[^"]{12,}"/);
  for (const words of [
    "Egyptian cat",
    "smoothed by",
    "99.5th percentile",
    "Can I believe it?",
    "shorter side 256",
    "glassbox ask smoothgrad",
  ])
    assert.ok(page.includes(words), words);
});

test("--json prints one document and nothing else; IG's certificate shows a net error of at most 1 %", () => {
  const { code, out } = glassbox.run("explain", sampleModel, cat, "--npy", "--json", "--out", "again");
  assert.equal(code, 0);
  const document = JSON.parse(out) as Document;
  assert.deepEqual(
    document.methods.map(({ method }) => method),
    ["smoothgrad", "integrated-gradients", "grad-cam"],
  );
  assert.ok(
    document.prediction.certificate.some(({ id }) => id === "margin") &&
      document.prediction.provenance &&
      document.prediction.command.startsWith("glassbox ask prediction "),
  );
  const { status, numbers } = document.methods[1]!.certificate.find(({ id }) => id === "completeness")!;
  assert.ok(numbers.net! <= 0.01 && status === "pass");
  assert.ok(Object.values(document.files).every((file) => fs.existsSync(glassbox.path(file))));

  // --npy holds the map itself, whose sum is what integrated gradients promise.
  const map = npy(glassbox.path("again", "integrated-gradients.npy"));
  assert.deepEqual(map.shape, [3, 224, 224]);
  const sum = toFloat64(map).reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(sum - numbers.change!) <= 0.01 * Math.abs(numbers.change!));
});

test("a map is an input of its own: a .npy tensor is taken as it is", () => {
  const { code, out, err } = glassbox.run(
    "explain",
    sampleModel,
    glassbox.path("again", "integrated-gradients.npy"),
    "--method",
    "gradient",
    "--out",
    "tensor",
  );
  assert.equal(code, 0, err);
  assert.match(err, /without preprocessing/);
  assert.match(out, /tensor\/report\.html/);
});

const reproduced: readonly (readonly string[])[] = [
  ["--method", "smoothgrad", "--samples", "6", "--noise", "0.1", "--seed", "3", "--target", "tabby"],
  [
    "--method",
    "integrated-gradients",
    "--rule",
    "trapezoid",
    "--steps",
    "8",
    "--baseline",
    "black",
    "--target",
    "logit:281 - logit:285",
  ],
  ["--method", "grad-cam", "--preprocessing", "caffe"],
  [
    "--method",
    "gradient",
    "--preprocessing",
    '{"resize":{"mode":"exact","size":[224,224],"filter":"bicubic"},"mean":[0.5,0.4,0.3]}',
  ],
];
for (const flags of reproduced) {
  test(`the command printed into the result gives the same bytes: ${flags.join(" ")}`, () => {
    const first = glassbox.run("explain", sampleModel, cat, ...flags, "--npy", "--json", "--out", "first");
    assert.equal(first.code, 0, first.err);
    const [one] = (JSON.parse(first.out) as Document).methods;
    // Computed, not remembered.
    glassbox.forget();
    const second = glassbox.runLine(`${one!.command} --json --out second`);
    assert.equal(second.code, 0, second.err);
    const { provenance, certificate, code } = JSON.parse(second.out) as Result;
    assert.equal(
      JSON.stringify([provenance, certificate, code.cli]),
      JSON.stringify([one!.provenance, one!.certificate, one!.command]),
    );
    for (const kind of ["npy", "png"])
      assert.ok(
        fs
          .readFileSync(glassbox.path("first", `${one!.method}.${kind}`))
          .equals(fs.readFileSync(glassbox.path("second", `${one!.method}.${kind}`))),
        kind,
      );
  });
}

test("Ctrl+C stops between micro-batches, keeps what is there, and exits 130", async () => {
  const { code, out, err } = await glassbox.interrupt(
    /SmoothGrad: \d+ of 1000/,
    "explain",
    sampleModel,
    cat,
    "--method",
    "smoothgrad,grad-cam",
    "--samples",
    "1000",
    "--out",
    "stopped",
  );
  assert.equal(code, 130, err);
  assert.match(out, /Stopped early/);
  assert.ok(fs.existsSync(glassbox.path("stopped", "smoothgrad.png")));
  assert.ok(!fs.existsSync(glassbox.path("stopped", "grad-cam.png")));
});

test("a reader that stops early, such as head, loses no files", () => {
  const { code } = glassbox.runLine(
    `glassbox explain '${sampleModel}' '${cat}' --method gradient,input-gradient --out piped | head -1`,
  );
  assert.equal(code, 0);
  assert.ok(fs.existsSync(glassbox.path("piped", "report.html")));
});

test("where one method cannot answer, the others' answers are kept, and the exit code tells", () => {
  const { code, out, err } = glassbox.run(
    "explain",
    sampleModel,
    cat,
    "--method",
    "gradient,grad-cam",
    "--layer",
    "nowhere",
    "--json",
    "--out",
    "partly",
  );
  assert.equal(code, 2);
  const document = JSON.parse(out) as Document;
  assert.deepEqual(
    [document.methods.map(({ method }) => method), document.failed.map(({ method }) => method)],
    [["gradient"], ["grad-cam"]],
  );
  assert.match(err, /no site named nowhere/);
});

const refused: Readonly<Record<string, () => readonly [args: readonly string[], sentence: RegExp]>> = {
  "a truncated model": () => [
    [glassbox.write("cut.onnx", fs.readFileSync(sampleModel).subarray(0, 3_000_000)), cat],
    /cut off/,
  ],
  "a text file as the model": () => [
    [glassbox.write("words.onnx", "These are words.\n".repeat(50)), cat],
    /is a text file/,
  ],
  "an empty model": () => [[glassbox.write("empty.onnx", ""), cat], /empty/i],
  "a model whose output is nothing that is known": () => [
    [glassbox.write("whole.onnx", wholeNumbers()), cat],
    /is int64.*no kind of output that is known here/,
  ],
  "a model that claims more bytes than it has": () => [
    [glassbox.write("lying.onnx", lyingLength()), cat],
    /claims 2147483648 bytes.*damaged or was cut off/,
  ],
  "a model of an unknown operator": () => [[glassbox.write("unknown.onnx", unknownOperator()), cat], /Wobble/],
  "a language model": () => [
    [path.join(root, "test", "oracles", "tiny", "llama-tied-float32"), cat],
    /is a language model, which takes text and no pictures.*glassbox generate, attention, lens or patch/,
  ],
  "a damaged language model": () => [[glassbox.write("words.gguf", "GGUF\x03\0\0\0"), cat], /truncated or damaged/],
  "text as the image": () => [
    [sampleModel, glassbox.write("words.txt", "These are words.\n")],
    /text file.*PNG, JPEG and WebP/,
  ],
  "a model as the image": () => [[sampleModel, sampleModel], /PNG, JPEG and WebP/],
  "a missing image": () => [[sampleModel, glassbox.path("nowhere.png")], /no such file/i],
  "a missing model": () => [[glassbox.path("nowhere.onnx"), cat], /no such file/i],
  "a folder": () => [[sampleModel, samples], /is a folder/],
  "no image at all": () => [[sampleModel], /the image is missing/],
  "an unknown flag": () => [[sampleModel, cat, "--sample", "3"], /Did you mean --samples/],
  "an unknown method": () => [[sampleModel, cat, "--method", "grad-camm"], /Did you mean grad-cam/],
  "an option out of range": () => [[sampleModel, cat, "--method", "smoothgrad", "--samples", "0"], /from 2 to 1000/],
  "an unknown class": () => [
    [sampleModel, cat, "--method", "gradient", "--target", "tab"],
    /no class named tab.*tabby/,
  ],
  "a class too many": () => [[sampleModel, cat, "--method", "gradient", "--target", "1000"], /0 to 999/],
  "a convention for grey pictures": () => [[sampleModel, cat, "--preprocessing", "mnist"], /for grey pictures/],
};
for (const [what, arrange] of Object.entries(refused)) {
  test(`${what} is refused with a sentence and exit code 2`, () => {
    const [args, sentence] = arrange();
    const { code, err } = glassbox.run("explain", ...args);
    assert.equal(code, 2, err);
    const said = err.split("\n").filter((line) => line.startsWith("glassbox: "));
    assert.equal(said.length, 1, err);
    assert.match(said[0]!, sentence);
    assert.doesNotMatch(err, /\n\s+at |\.ts:|\.mjs:/);
  });
}

const squeezeNet = path.join(root, "..", "shared", "models", "squeezenet1.0-imagenet-fp16.onnx");
test(
  "a third party's SqueezeNet, which says nothing of its BGR input, sees a tiger cat",
  { skip: fs.existsSync(squeezeNet) ? false : "the model is not on this machine" },
  () => {
    const { code, out, err } = glassbox.run(
      "explain",
      squeezeNet,
      cat,
      "--json",
      "--method",
      "gradient",
      "--out",
      "squeeze",
    );
    assert.equal(code, 0, err);
    const { prediction, preprocessing, methods } = JSON.parse(out) as Document;
    assert.equal(prediction.top[0]!.name, "tiger cat");
    assert.deepEqual([preprocessing.source, preprocessing.channelOrder, preprocessing.sure], ["detected", "BGR", true]);
    // What was detected here is written out, so that the command does not depend on detection elsewhere.
    assert.match(methods[0]!.command, /--preprocessing caffe/);
  },
);

test("where the preprocessing is not certain, terminal and report say so and name the others; choosing one ends it", () => {
  const model = glassbox.write("colours.onnx", colourClassifier());
  const asked = glassbox.run("explain", model, cat, "--method", "gradient", "--out", "unsure");
  assert.equal(asked.code, 0, asked.err);
  assert.match(
    asked.err,
    /Warning: the preprocessing of this model is not known for certain.*--preprocessing: .*inception \(/,
  );
  assert.match(
    fs.readFileSync(glassbox.path("unsure", "report.html"), "utf8"),
    /Check this first.*not known for certain/,
  );
  const chosen = glassbox.run(
    "explain",
    model,
    cat,
    "--method",
    "gradient",
    "--preprocessing",
    "unit",
    "--out",
    "chosen",
  );
  assert.equal(chosen.code, 0, chosen.err);
  assert.doesNotMatch(chosen.err, /Warning/);
});

test("help is made of the methods' own options", () => {
  const { code, out } = glassbox.run("explain", "--help");
  assert.equal(code, 0);
  for (const flag of ["--method", "--target", "--preprocessing", "--samples", "--net-error", "--layer"])
    assert.ok(out.includes(flag), flag);
});

test("sites and analyses are lists to read and documents to parse", () => {
  assert.match(glassbox.run("sites", sampleModel).out, /float32\[1, 1280, 7, 7\]/);
  assert.ok((JSON.parse(glassbox.run("sites", sampleModel, "--json").out) as { sites: unknown[] }).sites.length > 50);
  assert.ok(
    (JSON.parse(glassbox.run("analyses", "--json").out) as { id: string }[]).some(
      ({ id }) => id === "integrated-gradients",
    ),
  );
});
