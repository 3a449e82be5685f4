import rates from "./data/rates.json";
import { addTax, rounded } from "./lib/tax.js";

export default function ({ amount, country }) {
  const rate = rates[country];
  if (rate === undefined) {
    throw new ValidationError(`No tax rate is known for ${country}`);
  }
  return { country, rate, net: rounded(amount), gross: addTax(amount, rate) };
}
