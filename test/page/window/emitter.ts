/** A channel that VS Code would give as an Event. */
export function emitter<T>() {
  const listeners = new Set<(value: T) => unknown>();
  return {
    event: (listen: (value: T) => unknown) => {
      listeners.add(listen);
      return { dispose: () => listeners.delete(listen) };
    },
    fire: (value: T) => {
      for (const listen of [...listeners]) listen(value);
    },
  };
}
