import { LockstepError } from '@lockstep/contracts';

/** Reads what stands under `options` of an endpoint, and says what is wrong with it. */
export class OptionReader {
  readonly #options: Readonly<Record<string, unknown>>;

  /**
   * @param names all options that there are
   * @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION`
   */
  constructor(options: unknown, names: readonly string[]) {
    const all = names.join(', ');
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw wrong('options is no mapping', `Write ${all} under options, or leave options out.`);
    }
    for (const name of Object.keys(options)) {
      if (!names.includes(name)) throw wrong(`${name} is unknown`, `Remove it; there is only ${all}.`);
    }
    this.#options = options as Record<string, unknown>;
  }

  /** @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` */
  integer(name: string, unit: string, range: { readonly max: number; readonly standard: number }): number {
    const value = this.#options[name] ?? range.standard;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= range.max) return value;
    throw wrong(`${name} is out of range`, `Write a whole number of ${unit} from 1 to ${range.max}.`);
  }

  /** @throws LockstepError `ERR_LOCKSTEP_CONFIGURATION` */
  names(name: string, example: string): readonly string[] {
    const value = this.#options[name];
    if (value === undefined) throw wrong(`${name} is missing`, `Write the programs that clients may run, ${example}.`);
    const isList = Array.isArray(value) && value.length > 0;
    if (isList && value.every((item) => typeof item === 'string' && item !== '' && !item.includes('\0'))) {
      return value as string[];
    }
    throw wrong(`${name} is no list of programs`, `Write ${example}.`);
  }
}

function wrong(what: string, remedy: string): LockstepError {
  return new LockstepError('ERR_LOCKSTEP_CONFIGURATION', `${what}. ${remedy}`);
}
