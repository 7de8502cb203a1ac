import { fileURLToPath } from 'node:url';

/** The root of the checkout, absolute, without a slash at the end. The compiled copy of this file is in test/dist/support. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
