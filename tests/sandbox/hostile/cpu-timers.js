// Makes the next timer from each timer.
// ends: TimeLimit
() => new Promise(() => { const again = () => setTimeout(again, 0); again() })
