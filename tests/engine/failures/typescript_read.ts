interface Order { items: { price: number }[] }

export default function main(input: { order?: Order }): number {
  const order: Order = input.order as Order;
  return order.items.length;
}
