import { MessageRefused } from './refusal.js';

const namePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Everything but the control characters; a tab is white space. Characters above are bytes that nobody interprets. */
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;
const surroundingSpace = /^[\t ]+|[\t ]+$/g;

/** The header fields of a message, in the order, the case and the number in which they came. */
export class HeaderFields {
  /** Names and values by turns. */
  readonly raw: string[] = [];
  readonly #lowerCaseNames: string[] = [];

  get count(): number {
    return this.#lowerCaseNames.length;
  }

  /**
   * Adds a field.
   *
   * @param line as it came, without its CR LF
   * @throws MessageRefused if it is no field
   */
  addLine(line: string): void {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 0 || !namePattern.test(name)) throw new MessageRefused(400, reasonOf(line, colon));
    const value = line.slice(colon + 1).replace(surroundingSpace, '');
    if (!valuePattern.test(value)) throw new MessageRefused(400, `the field ${name} has a control character in it`);
    this.raw.push(name, value);
    this.#lowerCaseNames.push(name.toLowerCase());
  }

  /** The values of all fields of a name, in order. */
  valuesOf(lowerCaseName: string): readonly string[] {
    const values: string[] = [];
    for (let index = this.#lowerCaseNames.indexOf(lowerCaseName); index >= 0;) {
      values.push(this.raw[2 * index + 1] ?? '');
      index = this.#lowerCaseNames.indexOf(lowerCaseName, index + 1);
    }
    return values;
  }

  /** The members of a comma-separated list that may be spread over several fields, in lower case, without empty ones. */
  listOf(lowerCaseName: string): readonly string[] {
    const values = this.valuesOf(lowerCaseName);
    if (values.length === 0) return [];
    const members = values.join(',').toLowerCase().split(',');
    return members.map((member) => member.replace(surroundingSpace, '')).filter((member) => member !== '');
  }

  has(lowerCaseName: string): boolean {
    return this.#lowerCaseNames.includes(lowerCaseName);
  }

  /**
   * The fields as lines that end in CR LF, in canonical form.
   *
   * @param isDropped says of a name in lower case whether its fields are left out
   */
  format(isDropped: (lowerCaseName: string) => boolean): string {
    let text = '';
    for (const [index, name] of this.#lowerCaseNames.entries()) {
      if (!isDropped(name)) text += `${this.raw[2 * index] ?? ''}: ${this.raw[2 * index + 1] ?? ''}\r\n`;
    }
    return text;
  }
}

function reasonOf(line: string, colon: number): string {
  if (/^[\t ]/.test(line)) return 'a header field goes on in a second line';
  if (colon < 0) return 'a header field has no colon';
  if (/[\t ]$/.test(line.slice(0, colon))) return 'there is white space before the colon of a header field';
  return 'the name of a header field is no token';
}
