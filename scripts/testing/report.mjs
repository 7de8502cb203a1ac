/**
 * What one group of tests came to.
 *
 * @typedef {object} Report
 * @property {string} name the group
 * @property {number} passed
 * @property {number} seconds
 * @property {string[]} failures the full titles, or a sentence about what kept the group from running
 * @property {string[]} skips the full titles with their reasons
 */

/** Prints what failed and what was skipped, and last the counts. @param {Report[]} reports */
export function printSummary(reports) {
  const failures = reports.flatMap((report) => report.failures.map((failure) => `${report.name}: ${failure}`));
  const skips = reports.flatMap((report) => report.skips.map((skip) => `${report.name}: ${skip}`));
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  printList('Skipped', skips);
  printList('Failed', failures);
  console.log(`\n${passed} passed, ${failures.length} failed, ${skips.length} skipped`);
}

/** One line for one group. @param {Report} report */
export function reportLine({ name, passed, failures, skips, seconds }) {
  const counts = [`${passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (skips.length > 0) counts.push(`${skips.length} skipped`);
  return `${failures.length > 0 ? '✘' : '✔'} ${name}: ${counts.join(', ')} in ${seconds.toFixed(1)} s`;
}

function printList(title, lines) {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}
