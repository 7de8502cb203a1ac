import type { Traffic } from '../load/load-order.js';

export const valueBytes = 100;
const keyCount = 1000;

/**
 * SETs of one value after the other under a thousand keys. The values differ, so that a SET that is lost, doubled or out of
 * order is seen in the end.
 */
export function setTraffic(closing?: Traffic['closing']): Traffic {
  const requests = Array.from({ length: 10 * keyCount }, (_, index) => {
    const key = `key:${String(index % keyCount).padStart(6, '0')}`;
    const value = String(index).padStart(valueBytes, 'x');
    return `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n${value}\r\n`;
  });
  const traffic = { requests, reply: '+OK\r\n' };
  return closing === undefined ? traffic : { ...traffic, closing };
}
