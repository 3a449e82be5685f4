// Reports progress a thousand times.
// ends: completed
// output: 1
() => { for (let i = 0; i < 1000; i++) reportProgress({ progress: i / 1000 }); return 1 }
