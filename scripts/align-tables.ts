/** Pads the cells of Markdown tables, so that they can be read on a terminal. Leaves all other lines alone. */
export function alignTables(markdown: string): string {
  return markdown
    .split('\n\n')
    .map((block) => (block.startsWith('| ') ? align(block) : block))
    .join('\n\n');
}

function align(table: string): string {
  const rows = table
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\| ?| ?\|$/g, '').split(/ ?(?<!\\)\| ?/));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      index === 1 ? '-'.repeat(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    return `| ${cells.join(' | ')} |`;
  });
  return lines.join('\n') + (table.endsWith('\n') ? '\n' : '');
}
