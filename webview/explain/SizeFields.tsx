import type { Preprocessing } from "../../src/protocol/model.ts";
import { DraftInput } from "../lib/DraftInput.tsx";

type Sizes = Pick<Preprocessing, "resize" | "crop">;

interface Props {
  readonly sizes: Sizes;
  readonly onChange: (sizes: Partial<Sizes>) => void;
}

const modes = { "shorter-side": "Shorter side to", exact: "Exactly to", none: "Not at all" } as const;
type Mode = keyof typeof modes;

/** Resizing and the crop in the middle, in pixels. */
export function SizeFields({ sizes: { resize, crop }, onChange }: Props) {
  const filter = resize?.filter ?? "bilinear";
  const [height, width] = resize?.mode === "exact" ? resize.size : resize ? [resize.size, resize.size] : [256, 256];
  const resizeBy = (mode: Mode): void =>
    onChange({
      resize:
        mode === "none"
          ? null
          : mode === "exact"
            ? { mode, size: [height, width], filter }
            : { mode, size: Math.min(height, width), filter },
    });
  const exact = (size: readonly [number, number]): void => onChange({ resize: { mode: "exact", size, filter } });
  return (
    <>
      <label>
        Resize
        <select value={resize?.mode ?? "none"} onChange={(event) => resizeBy(event.currentTarget.value as Mode)}>
          {Object.entries(modes).map(([mode, words]) => (
            <option key={mode} value={mode}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {resize?.mode === "shorter-side" && (
        <Pixels
          label="Shorter side, pixels"
          value={resize.size}
          onChange={(size) => onChange({ resize: { ...resize, size } })}
        />
      )}
      {resize?.mode === "exact" && (
        <>
          <Pixels label="Width, pixels" value={width} onChange={(value) => exact([height, value])} />
          <Pixels label="Height, pixels" value={height} onChange={(value) => exact([value, width])} />
        </>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={crop !== null}
          onChange={(event) => onChange({ crop: event.currentTarget.checked ? { width, height } : null })}
        />
        Crop the middle
      </label>
      {crop && (
        <>
          <Pixels
            label="Crop width, pixels"
            value={crop.width}
            onChange={(value) => onChange({ crop: { ...crop, width: value } })}
          />
          <Pixels
            label="Crop height, pixels"
            value={crop.height}
            onChange={(value) => onChange({ crop: { ...crop, height: value } })}
          />
        </>
      )}
    </>
  );
}

function Pixels({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <label>
      {label}
      <DraftInput
        type="number"
        min={1}
        max={8192}
        value={String(value)}
        onCommit={(_, { valueAsNumber }) => {
          if (!Number.isInteger(valueAsNumber) || valueAsNumber < 1 || valueAsNumber > 8192) return false;
          onChange(valueAsNumber);
          return true;
        }}
      />
    </label>
  );
}
