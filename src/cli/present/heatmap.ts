import type { NetworkCard } from "../../protocol/model.ts";
import { drawn } from "../explain/drawn.ts";
import { certificateTable } from "../report/facts.ts";
import { mapGallery } from "../report/maps.ts";
import type { Presenter } from "./presenter.ts";
import { titled } from "./titled.ts";

export const heatmap: Presenter<"heatmap"> = {
  // The map itself is in the .npy file that its JSON names.
  files: ({ method, result, input }) => ({ png: drawn(method, result, input).where.png }),
  section(found) {
    const maps = found.map((each) => ({
      ...drawn(titled(each), each.result, each.input),
      cancelled: false,
      cached: false,
    }));
    // Only networks have maps.
    return maps.length ? [mapGallery(maps, found[0]!.model as NetworkCard), certificateTable(maps)] : [];
  },
};
