// Chromium for tests, and pages that must not complain.
import assert from 'node:assert/strict';
import { tools } from '../common/tools.mjs';

const { chromium } = tools('playwright-core');

export const HOW = {
  executablePath: process.env.SAFE_CHROMIUM,
  // Root has no sandbox, and CI is root. Containers have little shared memory.
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
};

export const launch = (options = {}) => chromium.launch({ ...HOW, ...options });

/** A browser that keeps what is stored in a folder. */
export const launchIn = (folder, options = {}) => chromium.launchPersistentContext(folder, { ...HOW, ...options });

/** Collects what pages of a context write as errors or throw; `calm` fails if there was any. */
export function watch(context) {
  const complaints = [];
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  return { complaints, calm: () => assert.deepEqual(complaints, []) };
}

/** Runs work in a browser context of its own, and fails if one of its pages complained. */
export async function within(browser, work) {
  const context = await browser.newContext();
  const watched = watch(context);
  try {
    await work(context);
    watched.calm();
  } finally {
    await context.close();
  }
}
