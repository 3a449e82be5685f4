// Returns half characters.
// ends: completed
// output: "\ud800x\udfff"
() => "\ud800x\udfff"
