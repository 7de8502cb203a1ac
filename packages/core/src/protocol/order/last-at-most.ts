/**
 * The index of the last of ascending numbers that is not larger than `number`; 0 if there is none.
 *
 * @param count only so many of them count
 */
export function lastAtMost(numbers: ArrayLike<number>, number: number, count = numbers.length): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}
