// What the transpiler needs of sucrase: types away, lines kept, everything else as it was written.
// The package's own `transform` also carries source maps and option checks, a quarter of its size;
// the parts are therefore put together here, and the positions of the tokens are given back as they are.
import { HelperManager } from "./node_modules/sucrase/dist/esm/HelperManager.js";
import NameManager from "./node_modules/sucrase/dist/esm/NameManager.js";
import TokenProcessor from "./node_modules/sucrase/dist/esm/TokenProcessor.js";
import identifyShadowedGlobals from "./node_modules/sucrase/dist/esm/identifyShadowedGlobals.js";
import { parse } from "./node_modules/sucrase/dist/esm/parser/index.js";
import RootTransformer from "./node_modules/sucrase/dist/esm/transformers/RootTransformer.js";
import getTSImportedNames from "./node_modules/sucrase/dist/esm/util/getTSImportedNames.js";

/**
 * Strip the types of a TypeScript file.
 *
 * `starts[i]` is where token i began in the source, `mappings[i]` where it begins in `code`, or undefined.
 */
export function stripTypes(source) {
  const { tokens, scopes } = parse(source, false, true, false);
  const nameManager = new NameManager(source, tokens);
  const helperManager = new HelperManager(nameManager);
  const tokenProcessor = new TokenProcessor(source, tokens, false, true, helperManager);
  identifyShadowedGlobals(tokenProcessor, scopes, getTSImportedNames(tokenProcessor));
  const context = { tokenProcessor, scopes, nameManager, importProcessor: null, helperManager };
  const options = { transforms: ["typescript"], disableESTransforms: true };
  const { code, mappings } = new RootTransformer(context, options.transforms, false, options).transform();
  return { code, mappings, starts: tokens.map((token) => token.start) };
}
