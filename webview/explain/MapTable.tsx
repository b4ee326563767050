import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { figure, percent, strongest } from "../lib/heatmap-reading.ts";

/** The picture as a table: its strongest places, for eyes and for screen readers. */
export function MapTable({ title, planes }: { readonly title: string; readonly planes: HeatmapPlanes }) {
  return (
    <table>
      <caption>
        {title}: the ten strongest {planes.grain === "cell" ? "cells" : "pixels"} of {planes.rows} × {planes.columns}
      </caption>
      <thead>
        <tr>
          <th scope="col">Rank</th>
          <th scope="col">Row</th>
          <th scope="col">Column</th>
          <th scope="col">Value</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {strongest(planes, 10).map(({ row, column, value, share }, i) => (
          <tr key={i}>
            <th scope="row">{i + 1}</th>
            <td>{row}</td>
            <td>{column}</td>
            <td>{figure(value)}</td>
            <td>{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
