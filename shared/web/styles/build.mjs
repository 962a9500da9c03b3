// Writes the stylesheet, plain and compressed as small as it gets, into the folder that is named.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { compile } from 'sass';

const [source, folder] = process.argv.slice(2);
const here = import.meta.dirname;
const packages = path.join(here, 'node_modules');
const { css } = compile(source, { style: 'compressed', loadPaths: [packages] });

/** A picture of the package, written into the stylesheet itself. */
const picture = (_, name) => {
  const file = path.join(packages, 'nhsuk-frontend/dist/nhsuk/assets/images', name);
  return `url("data:image/svg+xml;base64,${readFileSync(file, 'base64')}")`;
};
const bytes = Buffer.from(css.replace(/url\("\/assets\/images\/([\w-]+\.svg)"\)/g, picture));
const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
writeFileSync(path.join(folder, 'lectern.css'), bytes);
writeFileSync(path.join(folder, 'lectern.css.br'), brotliCompressSync(bytes, { params }));
writeFileSync(path.join(folder, 'lectern.css.gz'), gzipSync(bytes, { level: 9 }));
