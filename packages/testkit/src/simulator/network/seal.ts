/**
 * Freezes a message with everything in it but its bytes. Messages travel as objects here, so whoever changed one after it was
 * sent would reach into another process; in the product it would only have been sent wrong.
 */
export function seal<Message>(message: Message): Message {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message) || Object.isFrozen(message))
    return message;
  Object.freeze(message);
  for (const part of Object.values(message)) seal(part);
  return message;
}
