import { rm } from 'node:fs/promises';

/** Removes what the tests left in the folder for temporary files that jest-global-setup.js made. */
export default async function tearDown() {
  await rm(process.env.TMPDIR, { recursive: true, force: true });
}
