import { useState } from "preact/hooks";

/**
 * Takes one dropped file anywhere on an element, and says while one hovers over it. VS Code would open the file itself,
 * unless Shift is held or the webview says at once that it wants it.
 */
export function useDrop(onFile: (file: File) => Promise<void>) {
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
        const file = event.dataTransfer?.files[0];
        if (file) void onFile(file);
      },
    },
  };
}
