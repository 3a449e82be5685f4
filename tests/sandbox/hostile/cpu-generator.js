// Takes from a generator without end.
// ends: TimeLimit
() => { function* forever() { for (;;) yield } for (const _ of forever()); }
