import { createHash } from "node:crypto";
import path from "node:path";
import { ChangedFile } from "../../files/changed-file.ts";
import { readWhole } from "../../files/read-whole.ts";
import { mostEntries, walkFilesNow } from "../../files/walk.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { decodeImage } from "../image/decode.ts";
import { labelColumn, splitFromWords, splitWord, type Dataset } from "./dataset.ts";

/** Picture files, except for masks, which are stored next to their pictures. */
const pictureEnding = /(?<!\.mask)\.(png|jpe?g|webp)$/i;
const mostPictureBytes = 1 << 30;

interface Found {
  readonly file: string;
  /** The folders between the root and the file. */
  readonly folders: readonly string[];
}

/** A folder whose subfolders are the classes. Folders `train/` and `test/` above them define the split. */
export function pictureFolder(folder: string, mostBytes: number): Dataset {
  const found = picturesUnder(folder);
  const outer = found.map(({ folders }) => folders[0] ?? "");
  const depth = splitFromWords(outer) !== undefined && outer.every((name) => splitWord.test(name)) ? 1 : 0;
  const classes = found.map(({ folders }) => folders[depth]);
  const stray = found.findIndex(({ folders }) => folders[depth] === undefined);
  if (found.length === 0 || stray >= 0) {
    throw new GlassboxError(
      "input",
      found.length === 0
        ? "the folder has no pictures"
        : `${path.basename(found[stray]!.file)} is not in a class folder`,
      {
        where: folder,
        hint: "Put the pictures of each class into a separate subfolder. PNG, JPEG and WebP are supported.",
      },
    );
  }
  return picturesDataset({
    reference: folder,
    title: path.basename(folder),
    files: found.map(({ file }) => file),
    columns: [["class", classes as string[]]],
    splitWords: depth === 1 ? found.map(({ folders }) => folders[0]!) : undefined,
    groupWords: undefined,
    base: folder,
    mostBytes,
  });
}

export interface PictureList {
  readonly reference: string;
  readonly title: string;
  readonly files: readonly string[];
  readonly columns: readonly (readonly [name: string, words: readonly string[]])[];
  readonly splitWords: readonly string[] | undefined;
  readonly groupWords: Int32Array | undefined;
  /** The folder that names are relative to. */
  readonly base: string;
  /** A picture that takes more memory is refused. */
  readonly mostBytes: number;
}

/** A dataset of picture files. They are hashed by content, which serves as provenance and finds duplicates. */
export function picturesDataset({
  reference,
  title,
  files,
  columns,
  splitWords,
  groupWords,
  base,
  mostBytes,
}: PictureList): Dataset {
  const contentOf = files.map((file) => hashOf(readPicture(file)));
  const labels = columns.map(([name, words]) => labelColumn(name, words));
  return {
    reference,
    title,
    description: `${files.length} pictures, ${labels.map(({ name, classes }) => `${classes.length} of ${name}`).join(", ")}.`,
    hash: createHash("sha256")
      .update(JSON.stringify([contentOf, columns, splitWords ?? null, groupWords ? [...groupWords] : null]))
      .digest("hex"),
    count: files.length,
    labels: new Map(labels.map((label) => [label.name, label])),
    samples: {
      kind: "pictures",
      anySize: false,
      read(row) {
        const bytes = readPicture(files[row]!);
        // The dataset's hash is of the bytes that were there first.
        if (hashOf(bytes) !== contentOf[row]) throw new ChangedFile(files[row]!);
        return decodeImage(bytes, path.basename(files[row]!), mostBytes).image;
      },
    },
    nameOf: (row) => path.relative(base, files[row]!).split(path.sep).join("/"),
    contentOf,
    groups: groupWords,
    givenSplit: splitWords && splitFromWords(splitWords),
  };
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const readPicture = (file: string): Uint8Array => readWhole(file, mostPictureBytes);

function picturesUnder(folder: string): Found[] {
  const { files, linkedFolders } = walkFilesNow(folder, { most: mostEntries, deep: true });
  // Left out in silence, a class would be missing.
  if (linkedFolders.length > 0) {
    throw new GlassboxError("input", `${linkedFolders[0]} is a link to a folder, and links are not entered`, {
      where: folder,
      hint: "Put the folder itself there, or list the pictures in a table with a column `path`.",
    });
  }
  return files
    .filter((name) => pictureEnding.test(name))
    .sort()
    .map((name) => ({ file: path.join(folder, name), folders: name.split("/").slice(0, -1) }));
}
