// Joins sets whose members live nowhere else.
// ends: completed
// output: 3
() => { let all = new Set([{}]); for (let i = 0; i < 5000; i++) all = new Set([{ i }]).symmetricDifference(new Set([{ i }, all])); return all.size }
