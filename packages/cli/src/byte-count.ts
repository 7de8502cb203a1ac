const units = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Shows a number of bytes to a person: `812 B`, `1.2 MiB`. */
export function showByteCount(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power]}`;
}
