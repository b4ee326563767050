/** 8-bit sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** `signed` covers −1 to 1, all others 0 to 1. */
export type ColormapName = "warm" | "inferno" | "viridis" | "cividis" | "signed";

export interface Colormap {
  readonly name: ColormapName;
  readonly title: string;
  readonly kind: "sequential" | "diverging";
  /** 256 colours, three bytes each. */
  readonly table: Uint8Array;
}

/** The colours of evidence for and against, which colour-blind readers can distinguish as well. */
export const orange: Rgb = [255, 150, 20];
export const blue: Rgb = [60, 140, 255];

/**
 * Equally spaced samples of the maps. A Catmull-Rom curve interpolates between them, within 6 levels of the published
 * tables (9 at the ends of cividis). Inferno and viridis: S. van der Walt and N. Smith 2015 (CC0). Cividis: Nuñez,
 * Anderton, Renslow 2018, designed to look the same with and without red-green blindness. `warm` and `signed` are ours:
 * the shades of `orange`, and `blue` via dark to `orange`.
 */
const anchors: Readonly<Record<ColormapName, string>> = {
  warm: "000000 1f1202 402604 613906 814c08 a1600b c0720e e0850f ff9614 ffa435 ffb254 ffbf70 ffcc8c ffd9a7 ffe5c2 fff0dc fffaf2",
  inferno:
    "000004 0b0724 210c4a 3d0965 57106e 71196e 8a226a a32c61 bc3754 d04545 e35933 f1711f f98c0a fcaa0f f9c932 f2e865 fcffa4",
  viridis:
    "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1f9f88 27ad81 3dbc74 5cc863 81d34d aadc32 d5e21a fde725",
  cividis:
    "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8b8778 9a9376 aaa073 bbad6d ccba64 ddc858 efd748 fee838",
  signed:
    "3c8cff 3b80e6 3973cd 3767b4 335a9b 2e4d82 283f69 202e4a 181818 402a14 6a3e14 8a4e14 a45d14 bd6b14 d37914 e98714 ff9614",
};

const titles: Readonly<Record<ColormapName, string>> = {
  warm: "Warm",
  inferno: "Inferno",
  viridis: "Viridis",
  cividis: "Cividis",
  signed: "Blue against, orange for",
};

export const colormapNames = Object.keys(anchors) as readonly ColormapName[];

const made = new Map<ColormapName, Colormap>();

export function colormap(name: ColormapName): Colormap {
  let map = made.get(name);
  if (!map) {
    map = {
      name,
      title: titles[name],
      kind: name === "signed" ? "diverging" : "sequential",
      table: tableThrough(anchors[name]),
    };
    made.set(name, map);
  }
  return map;
}

/** The colour of a value, clipped to the map's domain; NaN gets the colour of 0. */
export function colorOf({ table, kind }: Colormap, value: number): Rgb {
  const known = Number.isNaN(value) ? 0 : value;
  const position = kind === "diverging" ? (known + 1) / 2 : known;
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, position)));
  return [table[at]!, table[at + 1]!, table[at + 2]!];
}

function tableThrough(list: string): Uint8Array {
  const points = list.split(" ").map((hex) => [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  const last = points.length - 1;
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const position = (i / 255) * last;
    const segment = Math.min(last - 1, Math.floor(position));
    const t = position - segment;
    const [before, from, to, after] = [-1, 0, 1, 2].map((step) => points[Math.min(last, Math.max(0, segment + step))]!);
    for (let channel = 0; channel < 3; channel++) {
      const value = catmullRom(before![channel]!, from![channel]!, to![channel]!, after![channel]!, t);
      table[3 * i + channel] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return table;
}

/** The cubic through b and c with slopes (c − a)/2 and (d − b)/2. */
const catmullRom = (a: number, b: number, c: number, d: number, t: number): number =>
  b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
