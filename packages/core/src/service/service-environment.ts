/** What makes two processes of the same program differ, set to one value wherever a variable can do it. */
const deterministic: Readonly<Record<string, string>> = {
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
  // Hash seeds decide the order in which sets and tables are walked.
  PYTHONHASHSEED: '0',
  PERL_HASH_SEED: '0',
  PERL_PERTURB_KEYS: '0',
  // One thread has one order.
  GOMAXPROCS: '1',
  OMP_NUM_THREADS: '1',
  RAYON_NUM_THREADS: '1',
};

/**
 * The environment of a managed service.
 *
 * @param inherited our own environment
 * @param configured what the user sets; it has the last word
 */
export function serviceEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  configured: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = { ...inherited, ...deterministic, ...configured };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
