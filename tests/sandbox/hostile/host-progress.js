// Reports progress five thousand times.
// ends: completed
// output: 1
() => { for (let i = 0; i < 5000; i++) reportProgress({ progress: i / 5000 }); return 1 }
