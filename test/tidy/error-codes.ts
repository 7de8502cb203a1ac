/**
 * The rows of the table in docs/errors.md, in its order.
 *
 * @returns the cells `code`, `meaning`, `what to do` of each row, the code without its quotes
 */
export function rowsInDocument(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`(\w+)`$/, '$1')),
    );
}
