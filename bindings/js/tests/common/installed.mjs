// The package as it is installed (tests/package/install.mjs), for tests, which stand in another folder.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The project that it is installed in. */
export const project = path.resolve(process.env.SAFE_JS_PROJECT);

const require = createRequire(path.join(project, 'package.json'));

/** The package's own folder. */
export const folder = path.join(project, 'node_modules/libsafe');

/** What a module of the project gets from `import * as ... from name`. */
export const load = (name) => import(pathToFileURL(require.resolve(name)).href);
