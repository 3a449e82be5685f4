// Loops while the source is loaded.
// ends: TimeLimit
for (;;); function main() {}
