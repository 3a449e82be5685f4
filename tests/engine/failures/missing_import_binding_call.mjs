import * as tools from './missing_import_binding_call.lib.js';
export default (input) => tools.shuffle([1, 2]);
