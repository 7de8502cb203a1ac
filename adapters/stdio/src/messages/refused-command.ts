/**
 * Whether a program may be run. Both sides ask: the client's to say so at once, the service's because it is the one that
 * must not.
 *
 * @returns why not, or undefined if it may
 */
export function refusedCommand(program: string, commands: readonly string[]): string | undefined {
  if (commands.includes(program)) return undefined;
  return `${program} is not among the commands of this endpoint (${commands.join(', ')}): add it under options.commands.`;
}
