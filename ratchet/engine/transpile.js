// Strips the types of a TypeScript file: lines stay, columns that move are told.
(function (sucrase, request) {
  "use strict";
  const { source } = request;

  // Offsets, in rising order, to lines and columns: columns count characters, offsets count UTF-16 units.
  function makeWalker(text) {
    let at = 0;
    let line = 1;
    let column = 1;
    return (offset) => {
      for (; at < offset; at++) {
        const unit = text.charCodeAt(at);
        if (unit === 10) {
          line++;
          column = 1;
        } else if (unit < 0xdc00 || unit > 0xdfff) column++;
      }
      return { line, column };
    };
  }

  // For each line whose columns moved: [column in the result, column in the source] wherever the distance changes.
  function movedColumns(code, mappings, starts) {
    const lines = new Map();
    const inSource = makeWalker(source);
    const inCode = makeWalker(code);
    for (let index = 0; index < starts.length; index++) {
      if (typeof mappings[index] !== "number") continue;
      const from = inSource(starts[index]);
      const to = inCode(mappings[index]);
      if (to.line !== from.line) continue;
      if (!lines.has(to.line)) lines.set(to.line, new Map());
      // What was taken away sits at the same column as what follows it, which comes later and stays.
      lines.get(to.line).set(to.column, from.column);
    }
    const moved = {};
    for (const [line, columns] of lines) {
      let distance = 0;
      for (const [to, from] of columns) {
        if (from - to === distance) continue;
        distance = from - to;
        (moved[line] ??= []).push([to, from]);
      }
    }
    return moved;
  }

  try {
    const { code, mappings, starts } = sucrase.stripTypes(source);
    return { code, columns: movedColumns(code, mappings, starts), syntax: null };
  } catch (error) {
    const { loc } = error;
    const message = `${error.message}`.replace(/ \(\d+:\d+\)$/, "").replace(/^Error transforming [^:]*: /, "");
    if (loc === undefined && !(error instanceof RangeError)) throw error;
    const where = typeof error.pos === "number" ? makeWalker(source)(error.pos) : { line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 };
    const words = error instanceof RangeError ? "The file is nested too deeply to be read" : message;
    return { code: null, columns: {}, syntax: { message: words, ...where } };
  }
})
