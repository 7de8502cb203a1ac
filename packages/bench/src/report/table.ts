/** A number with its decimals, a text, or nothing where there is no figure. */
export type Cell = string | number | undefined;

export interface Column {
  /** With the unit: `p50 µs`. */
  readonly heading: string;
  /** Decimals of its numbers. Default 0. */
  readonly decimals?: number;
}

/** One table of results. The first column names what was measured; a row may be shorter than the others. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** What a reader has to know to read it right: versions, what is absent, what was counted. */
  readonly notes: readonly string[];
}

/** The table as Markdown, aligned so that it reads well on a terminal too. */
export function renderTable({ title, columns, rows, notes }: Table): string {
  const headings = columns.map(({ heading }) => heading);
  const texts = rows.map((row) => columns.map(({ decimals }, index) => formatCell(row[index], decimals ?? 0)));
  const widths = headings.map((heading, index) => Math.max(heading.length, ...texts.map((row) => row[index]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const align = (cells: readonly string[]): string =>
    line(cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))));
  const rule = line(widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  const body = [align(headings), rule, ...texts.map(align)].join('\n');
  return `### ${title}\n\n${body}\n${notes.map((note) => `\n- ${note}`).join('')}\n`;
}

function formatCell(cell: Cell, decimals: number): string {
  if (typeof cell !== 'number') return cell ?? '';
  // What was divided by nothing, in a run that was too short for anything to be done.
  if (!Number.isFinite(cell)) return '';
  return cell.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
