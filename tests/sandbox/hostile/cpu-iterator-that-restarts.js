// Answers `return` with more work.
// ends: TimeLimit
() => { const it = { [Symbol.iterator]() { return this }, next: () => ({ done: false }), return() { for (;;); } }; for (const _ of it) break }
