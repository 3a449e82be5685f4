// Asks for random bytes without end.
// ends: TimeLimit
() => { for (;;) crypto.getRandomValues(new Uint8Array(65536)) }
