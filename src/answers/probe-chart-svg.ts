import { shownInterval, shownScore } from "../methods/probing/chart.ts";
import type { Probes, ProbePoint, ProbeSeries } from "../protocol/probing.ts";
import type { Result } from "../protocol/result.ts";

const width = 820;
const height = 460;
const frame = { left: 56, right: 24, top: 52, bottom: 132 };
const plot = { width: width - frame.left - frame.right, height: height - frame.top - frame.bottom };

interface Look {
  readonly name: string;
  readonly colour: string;
  readonly dash: string;
  readonly mark: (x: number, y: number) => string;
}

/** Colour, dash and marker all differ, so that lines can be told apart in greyscale. */
const looks: Readonly<Record<ProbeSeries, Look>> = {
  trained: {
    name: "trained network",
    colour: "#d97000",
    dash: "",
    mark: (x, y) => `<circle cx="${at(x)}" cy="${at(y)}" r="4"/>`,
  },
  random: {
    name: "random weights",
    colour: "#2f74d0",
    dash: "6 3",
    mark: (x, y) => `<rect x="${at(x - 3.5)}" y="${at(y - 3.5)}" width="7" height="7"/>`,
  },
  shuffled: {
    name: "shuffled labels",
    colour: "#707070",
    dash: "2 3",
    mark: (x, y) => `<path d="M${at(x)} ${at(y - 4.5)}l4.5 8h-9z"/>`,
  },
  raw: {
    name: "raw input",
    colour: "#2e8b57",
    dash: "10 4",
    mark: (x, y) => `<path d="M${at(x)} ${at(y - 5)}l5 5l-5 5l-5 -5z"/>`,
  },
};
const majority: Look = { name: "majority", colour: "#707070", dash: "4 4", mark: () => "" };

const at = (value: number): string => value.toFixed(1);
const text = (x: number, y: number, words: string, extra = ""): string =>
  `<text x="${at(x)}" y="${at(y)}" ${extra}>${escaped(words)}</text>`;
const escaped = (words: string): string => words.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The chart as a standalone SVG on white. Panel and terminal write the same bytes. */
export function probeChartSvg({ data, provenance }: Pick<Result<Probes>, "data" | "provenance">): string {
  const y = (value: number): number => frame.top + plot.height * (1 - value);
  const raw = data.points.find(({ series }) => series === "raw");
  // The input is before the sites, at depth −1.
  const first = raw ? -1 : 0;
  const columns = [...(raw ? [raw.site] : []), ...data.sites];
  const x = (depth: number): number =>
    frame.left +
    (columns.length === 1 ? plot.width / 2 : ((depth - first + 0.35) / (columns.length - 0.3)) * plot.width);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222" role="img" aria-label="${escaped(data.summary.join(" "))}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(
      frame.left,
      22,
      `${data.label}: ${data.metric === "accuracy" ? "accuracy" : "balanced accuracy"} of linear probes by layer of ${provenance.model.file}`,
      'font-size="15" font-weight="600"',
    ),
    text(
      frame.left,
      40,
      `${data.testRows} test rows, 95 % intervals; what is linearly decodable need not be used`,
      'fill="#666"',
    ),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((value) => [
      `<path d="M${frame.left} ${at(y(value))}h${plot.width}" stroke="#ddd"/>`,
      text(frame.left - 8, y(value) + 4, value.toFixed(2), 'text-anchor="end" fill="#666"'),
    ]),
    ...columns
      .map((site, i) => ({ site, depth: i + first }))
      .map(({ site, depth }) =>
        text(
          x(depth),
          frame.top + plot.height + 16,
          site,
          `text-anchor="end" transform="rotate(-35 ${at(x(depth))} ${at(frame.top + plot.height + 16)})" font-size="11"`,
        ),
      ),
    level(y(shownScore(data.majority, data.metric)), majority),
    ...(raw ? [level(y(shownScore(raw.test, data.metric)), looks.raw)] : []),
    ...(["raw", "shuffled", "random", "trained"] as const).map((series) => drawn(data, series, x, y)),
    ...legend(data),
    "</svg>",
    "",
  ].join("\n");
}

const level = (y: number, { colour, dash }: Look): string =>
  `<path d="M${frame.left} ${at(y)}h${plot.width}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash}"/>`;

function drawn(data: Probes, series: ProbeSeries, x: (depth: number) => number, y: (value: number) => number): string {
  const { colour, dash, mark } = looks[series];
  const points = data.points.filter((point) => point.series === series).sort((a, b) => a.depth - b.depth);
  if (points.length === 0) return "";
  const position = (point: ProbePoint): readonly [number, number] => [
    x(point.depth),
    y(shownScore(point.test, data.metric)),
  ];
  const bars = points.map((point) => {
    const [low, high] = shownInterval(point, data.metric);
    const across = at(x(point.depth));
    return `<path d="M${across} ${at(y(low))}V${at(y(high))}" stroke="${colour}" stroke-width="1"/>`;
  });
  const line = points.map((point, i) => `${i === 0 ? "M" : "L"}${position(point).map(at).join(" ")}`).join("");
  return `<g>${bars.join("")}<path d="${line}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><g fill="${colour}">${points.map((point) => mark(...position(point))).join("")}</g></g>`;
}

function legend(data: Probes): string[] {
  const has = (series: ProbeSeries): boolean => data.points.some((point) => point.series === series);
  const shown: readonly Look[] = [
    ...(["trained", "random", "shuffled", "raw"] as const).filter(has).map((series) => looks[series]),
    majority,
  ];
  return shown.flatMap(({ name, colour, dash, mark }, i) => {
    const left = frame.left + i * 150;
    const line = height - 14;
    return [
      `<path d="M${left} ${line}h28" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><g fill="${colour}">${mark(left + 14, line)}</g>`,
      text(left + 36, line + 4, name),
    ];
  });
}
