// Holds time still and waits for it to pass.
// ends: TimeLimit
() => { Date.now = () => 0; performance.now = () => 0; while (Date.now() < 1); }
