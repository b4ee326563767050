import { useState } from "preact/hooks";

/** A file of the desktop, or one of VS Code's own lists, which names it only. */
export type Dropped =
  | { readonly kind: "file"; readonly file: File }
  | { readonly kind: "uri"; readonly uri: string }
  | { readonly kind: "other" };

/** The first file or URI of a drop. A text/uri-list has one URI per line; lines that begin with # are comments. */
export function droppedIn(transfer: Pick<DataTransfer, "files" | "getData">): Dropped {
  const [file] = transfer.files;
  if (file) return { kind: "file", file };
  const lists = ["application/vnd.code.uri-list", "text/uri-list"].map((type) => transfer.getData(type));
  const uri = lists.flatMap((list) => list.split(/\r?\n/)).find((line) => line !== "" && !line.startsWith("#"));
  return uri === undefined ? { kind: "other" } : { kind: "uri", uri };
}

/**
 * Takes one dropped file anywhere on an element, and says while one hovers over it. VS Code would open the file itself,
 * unless Shift is held or the webview says at once that it wants it.
 */
export function useDrop(onDropped: (dropped: Dropped) => void) {
  const [dropping, setDropping] = useState(false);
  return {
    dropping,
    handlers: {
      onDragEnter: (event: DragEvent) => event.preventDefault(),
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        setDropping(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) setDropping(false);
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        setDropping(false);
        if (event.dataTransfer) onDropped(droppedIn(event.dataTransfer));
      },
    },
  };
}
