interface Props {
  /** Nothing is shown if empty. */
  readonly said: string;
  readonly onClose: () => void;
}

/** What a panel says once, e.g. where it saved a file. A screen reader announces it. */
export function Said({ said, onClose }: Props) {
  return (
    <p class="said" role="status">
      {said && (
        <>
          {said}{" "}
          <button class="link" onClick={onClose}>
            Close
          </button>
        </>
      )}
    </p>
  );
}
