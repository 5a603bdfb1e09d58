// The development tools of bindings/js/package.json, which tools/install.sh has installed.
import { createRequire } from 'node:module';
import path from 'node:path';

/** What a tool's module exports, by its name in npm. */
export const tools = createRequire(path.join(path.resolve(process.env.SAFE_NPM_TOOLS), 'node_modules', 'x'));
