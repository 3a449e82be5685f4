// Sets and clears timers, and clears some that never were.
// ends: completed
// output: 1
() => { for (let i = 0; i < 1200; i++) clearTimeout(setTimeout(() => {}, 1e6)); for (const id of [-1, 1e300, NaN, "x", {}, null, 2n ** 64n]) try { clearTimeout(id) } catch {} return 1 }
