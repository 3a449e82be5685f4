import { check } from './thrown_in_local_module.lib.js';
export default (input) => {
  return check(input);
};
