import { ipAddressText } from '../ip-address.js';
import { proxyLimits } from './limits.js';
import { commands, families, prefixBytes, signature, type ProxiedEnds } from './proxy-header.js';

/** What came of reading the beginning of a stream. */
export type ProxyHeaderOutcome =
  | {
      readonly kind: 'header';
      /** Undefined if the balancer speaks for itself (a health check), or of a client without an IP address. */
      readonly ends: ProxiedEnds | undefined;
      /** The header as it came, extensions included. */
      readonly header: Buffer;
      /** What came after it: the stream. */
      readonly rest: Buffer;
    }
  | { readonly kind: 'refused'; readonly reason: string };

const extensionPrefixBytes = 3;

/** Reads a header of the PROXY protocol, version 2, in whatever pieces it comes. Says at the first wrong byte that it is none. */
export class ProxyHeaderParser {
  #received: Buffer = Buffer.alloc(0);

  /** Whether anything has come at all. */
  get hasBegun(): boolean {
    return this.#received.length > 0;
  }

  /** @returns undefined as long as the header is not whole and may still be one; not called again after anything else */
  read(chunk: Uint8Array): ProxyHeaderOutcome | undefined {
    this.#received = Buffer.concat([this.#received, chunk]);
    const bytes = this.#received;
    const fault = faultOfPrefix(bytes);
    if (fault !== undefined) return { kind: 'refused', reason: fault };
    if (bytes.length < prefixBytes) return undefined;
    const length = prefixBytes + bytes.readUInt16BE(prefixBytes - 2);
    if (length > proxyLimits.headerBytesMax) {
      return { kind: 'refused', reason: `a header of ${length} bytes (maximum ${proxyLimits.headerBytesMax})` };
    }
    if (bytes.length < length) return undefined;
    return readWhole(bytes.subarray(0, length), bytes.subarray(length));
  }
}

/** What is wrong with as much of the first bytes as has come. */
function faultOfPrefix(bytes: Buffer): string | undefined {
  if (signature.some((byte, index) => index < bytes.length && bytes[index] !== byte)) {
    return 'no header of the PROXY protocol, version 2';
  }
  const [command, family = families.unknown] = bytes.subarray(signature.length);
  if (command === undefined || command === commands.local) return undefined;
  if (command !== commands.proxy) return `an unknown version or command (${hex(command)})`;
  // What is not a stream, or of no family there is.
  return Object.values<number>(families).includes(family)
    ? undefined
    : `an unknown family or transport (${hex(family)})`;
}

function readWhole(header: Buffer, rest: Buffer): ProxyHeaderOutcome {
  const [command, family] = header.subarray(signature.length);
  // The rest of a header in which the balancer speaks for itself means nothing.
  if (command === commands.local) return { kind: 'header', ends: undefined, header, rest };
  const block = header.subarray(prefixBytes);
  const addressBytes = addressBytesByFamily[family ?? families.unknown] ?? 0;
  if (block.length < addressBytes) return { kind: 'refused', reason: 'addresses that are cut off' };
  // Nobody knows where the addresses of an unknown family end.
  if (family !== families.unknown && !areExtensions(block.subarray(addressBytes))) {
    return { kind: 'refused', reason: 'extensions that are cut off' };
  }
  const hasIpAddresses = family === families.ipv4 || family === families.ipv6;
  return { kind: 'header', ends: hasIpAddresses ? readEnds(block, (addressBytes - 4) / 2) : undefined, header, rest };
}

/** Two addresses, and two ports where there are ports. */
const addressBytesByFamily: Readonly<Record<number, number>> = {
  [families.unknown]: 0,
  [families.ipv4]: 2 * 4 + 4,
  [families.ipv6]: 2 * 16 + 4,
  [families.unix]: 2 * 108,
};

function readEnds(block: Buffer, length: number): ProxiedEnds {
  const addressAt = (start: number): string => ipAddressText(block.subarray(start, start + length));
  return {
    source: { address: addressAt(0), port: block.readUInt16BE(2 * length) },
    destination: { address: addressAt(length), port: block.readUInt16BE(2 * length + 2) },
  };
}

/** Whether these are whole extensions: a type in one byte, a length in two, and so many bytes. */
function areExtensions(bytes: Buffer): boolean {
  let offset = 0;
  while (offset + extensionPrefixBytes <= bytes.length) {
    offset += extensionPrefixBytes + bytes.readUInt16BE(offset + 1);
  }
  return offset === bytes.length;
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
