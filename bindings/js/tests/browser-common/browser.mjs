// Chromium for tests, and pages that must not complain.
import assert from 'node:assert/strict';
import { tools } from '../common/tools.mjs';

const { chromium } = tools('playwright-core');

export const HOW = {
  executablePath: process.env.SAFE_CHROMIUM,
  // Root has no sandbox, and CI is root. Containers have little shared memory.
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
  timeout: 180_000, // of its start
};

/** How long a page may take for one thing, on a machine that does many others. */
export const DEADLINE = 120_000;

export const launch = (options = {}) => chromium.launch({ ...HOW, ...options });

/** A browser that keeps what is stored in a folder. */
export async function launchIn(folder, options = {}) {
  const context = await chromium.launchPersistentContext(folder, { ...HOW, ...options });
  context.setDefaultTimeout(DEADLINE);
  return context;
}

/** Collects what pages of a context write as errors or throw; `calm` fails if there was any. */
export function watch(context) {
  const complaints = [];
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  context.on('weberror', (error) => complaints.push(String(error.error().stack)));
  return { complaints, calm: () => assert.deepEqual(complaints, []) };
}

/** A context of its own: nothing stored. */
export async function contextOf(browser) {
  const context = await browser.newContext();
  context.setDefaultTimeout(DEADLINE);
  return context;
}

/** Runs work in a browser context of its own, and fails if one of its pages complained. */
export async function within(browser, work) {
  const context = await contextOf(browser);
  const watched = watch(context);
  try {
    await work(context);
    watched.calm();
  } finally {
    await context.close();
  }
}
