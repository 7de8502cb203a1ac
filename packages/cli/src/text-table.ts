/** One column: its heading, and whether its values are numbers, which stand to the right. */
export interface Column {
  readonly heading: string;
  readonly numeric: boolean;
}

/** Aligns rows of text under their headings. A row may be shorter than the others. Every line ends with a line end. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const lines = [columns.map(({ heading }) => heading), ...rows].map((row) =>
    row.map((cell, index) => align(cell, widths[index] ?? 0, columns[index]?.numeric === true)).join('  '),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function align(cell: string, width: number, numeric: boolean): string {
  return numeric ? cell.padStart(width) : cell.padEnd(width);
}
