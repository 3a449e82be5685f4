import { toCents } from "./cents.js";

export const rounded = (amount) => toCents(amount) / 100;

export const addTax = (amount, rate) => rounded(amount * (1 + rate));
