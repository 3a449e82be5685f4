// What the inspector needs of acorn.
export { parse } from "acorn";
