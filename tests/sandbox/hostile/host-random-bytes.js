// Asks for a gigabyte of random bytes.
// ends: ScriptError
() => crypto.getRandomValues(new Uint8Array(2 ** 20)).length
