// Asks for dates that are none.
// ends: completed
// output: ["NaN", "NaN", "NaN"]
() => [new Date(8.64e15 + 1).getTime(), Date.parse("x".repeat(1e5)), Date.parse("2020-01-01T00:00:00+99:99")].map(String)
