// Sets intervals that set intervals.
// ends: CountLimit
() => new Promise(() => { const more = () => { setInterval(more, 1); setInterval(more, 1) }; more() })
