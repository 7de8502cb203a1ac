import type { Refusal, RefusalStatus } from '../message/refusal.js';

const phrases: Readonly<Record<RefusalStatus, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  505: 'HTTP Version Not Supported',
};

/** What the client gets that is refused. The connection is closed behind it. */
export function formatRefusal({ status, reason }: Refusal): Buffer {
  const body = `${reason}\n`;
  const fields = [
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return Buffer.from(`HTTP/1.1 ${status} ${phrases[status]}\r\n${fields.join('\r\n')}\r\n\r\n${body}`);
}
