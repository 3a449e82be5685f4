// Reports progress without end.
// ends: TimeLimit
() => { for (;;) reportProgress({ progress: 0.5 }) }
