// Makes an object of the last of many classes.
// ends: ScriptError
() => { let C = class {}; for (let i = 0; i < 1e5; i++) C = class extends C {}; return typeof new C() }
