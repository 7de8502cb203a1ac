import { isIPv4, isIPv6 } from 'node:net';

const mappedPrefix: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** @returns 4 or 16 bytes, without the zone of a link-local address; undefined when the text is no address */
export function ipAddressBytes(text: string): number[] | undefined {
  if (isIPv4(text)) return text.split('.').map(Number);
  const withoutZone = text.replace(/%.*$/, '');
  if (!isIPv6(withoutZone)) return undefined;
  const [head = '', tail] = withoutZone.split('::');
  const headBytes = groupBytes(head);
  const tailBytes = groupBytes(tail ?? '');
  const zeros = new Array<number>(16 - headBytes.length - tailBytes.length).fill(0);
  return [...headBytes, ...zeros, ...tailBytes];
}

/** @param bytes 4 or 16 of them */
export function ipAddressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const { hostname } = new URL(`http://[${Buffer.from(bytes).toString('hex').match(/.{4}/g)?.join(':')}]`);
  return hostname.slice(1, -1);
}

/** The IPv6 address that stands for an IPv4 address. An IPv6 address stands for itself. */
export function mappedBytes(bytes: readonly number[]): readonly number[] {
  return bytes.length === 4 ? [...mappedPrefix, ...bytes] : bytes;
}

/** The IPv4 address that an IPv6 address stands for, if it does for one. */
export function unmappedBytes(bytes: readonly number[]): readonly number[] {
  const isMapped = bytes.length === 16 && mappedPrefix.every((byte, index) => bytes[index] === byte);
  return isMapped ? bytes.slice(mappedPrefix.length) : bytes;
}

/** Colon-separated groups of an IPv6 address, the last of which may be written like an IPv4 address. */
function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
