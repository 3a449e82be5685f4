import pick from './read_in_local_module.lib.js';
export default (input) => pick(input, 'a');
