// Never gives the event loop a turn.
// ends: TimeLimit
async () => { for (;;) await null }
