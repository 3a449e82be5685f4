(input) => [{ n: { v: 1 } }, {}].reduce((sum, item) => sum + item.n.v, 0)
