// Reads a file of a task without running it: syntax errors, the entry point, what it imports, names nobody defines,
// and what it asks of the host.
(function (acorn, request) {
  "use strict";
  const { source, path, knownGlobals } = request;
  const MAX_LISTED = 200;
  const TOO_DEEP = "The file is nested too deeply to be read";

  const LANGUAGE = new Set(
    ("AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError " +
      "Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Iterator JSON Map " +
      "Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError " +
      "TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI " +
      "decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt " +
      "undefined unescape").split(" "),
  );
  const COMMONJS = ["module", "exports", "require"];
  const OFFLINE = "A task cannot reach the network: take what it needs from the input";
  const HINTS = new Map([
    ["process", "A task has no process: take settings from the input"],
    ["window", "A task runs in no browser: use `globalThis`"],
    ["self", "A task runs in no browser: use `globalThis`"],
    ["document", "A task has no page: take the text from the input, and take it apart as a string"],
    ["navigator", "A task runs in no browser"],
    ["location", "A task runs in no browser: take the address from the input"],
    ["localStorage", "A task keeps nothing between executions: return what is to be kept"],
    ["sessionStorage", "A task keeps nothing between executions: return what is to be kept"],
    ["alert", "Use `console.log`"],
    ["fetch", OFFLINE],
    ["XMLHttpRequest", OFFLINE],
    ["WebSocket", OFFLINE],
    ["axios", OFFLINE],
    ["Buffer", "Use `Uint8Array`, `TextEncoder`, `TextDecoder`, `atob` and `btoa`"],
    ["__dirname", "Load the task's own files with `require('./file')` or `import`"],
    ["__filename", "Load the task's own files with `require('./file')` or `import`"],
    ["Deno", "A task has the host API of Ratchet only"],
    ["Bun", "A task has the host API of Ratchet only"],
    ["require", "In an ES module, use `import`"],
    ["module", "In an ES module, use `export default`"],
    ["exports", "In an ES module, use `export`"],
  ]);

  const lineStarts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) lineStarts.push(at + 1);

  // Columns count characters, while offsets count UTF-16 units: a pair of surrogates is one character.
  function place(offset) {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    const before = source.slice(lineStarts[low], offset);
    const pairs = before.match(/[\ud800-\udbff][\udc00-\udfff]/g);
    return { line: low + 1, column: before.length - (pairs === null ? 0 : pairs.length) + 1 };
  }

  const isFunction = (node) => node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";

  // Parsing

  function attempt(kind) {
    const shift = kind === "bare" ? 1 : 0;
    const text = kind === "bare" ? `(${source.replace(/[\s;]+$/, "")}\n)` : source;
    try {
      const sourceType = kind === "module" ? "module" : "script";
      return { kind, shift, tree: acorn.parse(text, { ecmaVersion: "latest", sourceType, allowHashBang: true }) };
    } catch (error) {
      if (!(error instanceof SyntaxError) || typeof error.pos !== "number") throw error;
      return { kind, shift, message: error.message, at: error.pos - shift };
    }
  }

  function read() {
    if (/\.(mjs|mts)$/.test(path)) return [attempt("module")];
    const script = attempt("script");
    if (script.tree || /\.(cjs|cts)$/.test(path)) return [script];
    const module = attempt("module");
    if (module.tree) return [module];
    const bare = attempt("bare");
    return bare.tree && isLoneFunction(bare.tree) ? [bare] : [script, module, bare];
  }
  function isLoneFunction(tree) {
    return tree.body.length === 1 && tree.body[0].type === "ExpressionStatement" && isFunction(tree.body[0].expression);
  }

  // The reading the file itself asks for, else the one that got furthest; the first of equals.
  function failure(attempts) {
    const [script, module, bare] = attempts;
    if (attempts.length === 1) return script;
    if (/sourceType: module/.test(script.message)) return module;
    if (/^\s*(async\s+)?function\s*\*?\s*\(/.test(source) && bare.message) return bare;
    return module.at > script.at ? module : script;
  }

  function tokenAt(offset) {
    const found = /^(?:[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*|\d[\w.]*|=>|\.\.\.|[-+*/%&|^<>=!?]+|[^])/u;
    const token = found.exec(source.slice(offset, offset + 60));
    return token === null ? "" : token[0];
  }

  function syntaxError(failed) {
    const words = failed.message.replace(/ \(\d+:\d+\)$/, "");
    const before = source.slice(0, failed.at);
    const awaited = /(^|[^\w$.])await\s+$/.exec(before.slice(-200));
    if (awaited !== null && words === "Unexpected token") {
      const at = failed.at - awaited[0].length + awaited[1].length;
      return { message: "`await` is only allowed inside an `async` function", ...place(at) };
    }
    if (/keyword 'await' outside an async function/.test(words))
      return { message: "`await` is only allowed inside an `async` function", ...place(failed.at) };
    // What is wrong with a regular expression is told at its first slash.
    const slash = /^(Unterminated|Invalid) regular expression/.test(words) && source[failed.at - 1] === "/" ? 1 : 0;
    return { message: friendly(words, failed), ...place(Math.min(failed.at - slash, source.length)) };
  }
  function friendly(words, failed) {
    if (/stack space/.test(words)) return TOO_DEEP;
    if (words !== "Unexpected token") return words.replace(/'([^']+)'/g, "`$1`");
    // The bare function reading adds a parenthesis and a line of its own behind the source.
    if (failed.at >= source.trimEnd().length) return "Unexpected end of the file";
    const token = tokenAt(failed.at);
    return token === "`" ? "Unexpected template" : `Unexpected token \`${token}\``;
  }

  // Names and scopes

  const imports = [];
  const references = [];
  const guarded = new Set();
  const assignedGlobals = new Set();
  let opaque = false;
  let strictModule = false;
  let topLevelAwait = null;
  // How many conditions and `try`s are around: what stands there may never run, or may fail unharmed.
  let doubts = 0;

  const makeScope = (parent, isFunctionScope) => {
    const scope = { names: new Set(), parent, isArrow: false };
    scope.home = isFunctionScope ? scope : parent.home;
    return scope;
  };
  const isDeclared = (scope, name) => {
    for (let at = scope; at !== null; at = at.parent) if (at.names.has(name)) return true;
    return false;
  };

  function names(pattern, found = []) {
    if (pattern === null) return found;
    if (pattern.type === "Identifier") found.push(pattern.name);
    else if (pattern.type === "ObjectPattern") for (const part of pattern.properties) names(part.value ?? part.argument, found);
    else if (pattern.type === "ArrayPattern") for (const part of pattern.elements) names(part, found);
    else if (pattern.type === "RestElement") names(pattern.argument, found);
    else if (pattern.type === "AssignmentPattern") names(pattern.left, found);
    return found;
  }
  const declare = (scope, pattern) => {
    for (const name of names(pattern)) scope.names.add(name);
  };

  // What a declared pattern evaluates: defaults and computed keys.
  function visitDeclared(pattern, scope) {
    if (pattern === null || pattern.type === "Identifier") return;
    if (pattern.type === "ObjectPattern") {
      for (const part of pattern.properties) {
        if (part.computed) visit(part.key, scope);
        visitDeclared(part.value ?? part.argument, scope);
      }
    } else if (pattern.type === "ArrayPattern") for (const part of pattern.elements) visitDeclared(part, scope);
    else if (pattern.type === "RestElement") visitDeclared(pattern.argument, scope);
    else if (pattern.type === "AssignmentPattern") {
      visitDeclared(pattern.left, scope);
      visit(pattern.right, scope);
    }
  }

  function visitFunction(node, scope) {
    const inner = makeScope(scope, true);
    inner.isArrow = node.type === "ArrowFunctionExpression";
    if (!inner.isArrow) inner.names.add("arguments");
    if (node.id && node.type === "FunctionExpression") inner.names.add(node.id.name);
    for (const parameter of node.params) declare(inner, parameter);
    for (const parameter of node.params) visitDeclared(parameter, inner);
    if (node.body.type === "BlockStatement") visitStatements(node.body.body, inner);
    else visit(node.body, inner);
  }

  // Functions and classes can be used above their declaration.
  function visitStatements(statements, scope) {
    for (const statement of statements) {
      const node = /^Export/.test(statement.type) && statement.declaration ? statement.declaration : statement;
      if (node.type === "FunctionDeclaration" && node.id) {
        scope.names.add(node.id.name);
        scope.home.names.add(node.id.name);
      } else if (node.type === "ClassDeclaration" && node.id) scope.names.add(node.id.name);
    }
    for (const statement of statements) visit(statement, scope);
  }

  function visitClass(node, scope) {
    const inner = makeScope(scope, false);
    if (node.id) {
      inner.names.add(node.id.name);
      if (node.type === "ClassDeclaration") scope.names.add(node.id.name);
    }
    if (node.superClass) visit(node.superClass, inner);
    for (const member of node.body.body) {
      if (member.type === "StaticBlock") {
        visitStatements(member.body, makeScope(inner, true));
        continue;
      }
      if (member.computed) visit(member.key, inner);
      if (member.value) visit(member.value, makeScope(inner, true));
    }
  }

  function addImport(kind, literal, certain = doubts === 0, wanted = []) {
    if (imports.length >= MAX_LISTED || literal.value.length > 1000) return;
    const local = /^\.{1,2}(\/|$)/.test(literal.value);
    const names = wanted.slice(0, MAX_LISTED).map((node) => ({ name: nameOf(node), ...place(node.start - shift) }));
    imports.push({ kind, specifier: literal.value, local, certain, names, ...place(literal.start - shift) });
  }

  // What is asked of the host

  const used = [];
  const SECRET = /\{\{secret:([A-Za-z0-9_.-]{1,100})\}\}/g;
  function addUsed(kind, node, text, method = null) {
    if (used.length < MAX_LISTED) used.push({ kind, text, method, ...place(node.start - shift) });
  }
  function noteSecrets(node, text) {
    for (const [, name] of text.matchAll(SECRET)) addUsed("secret", node, name);
  }
  // What a text surely begins with; null where the tree cannot tell.
  function beginning(node, scope) {
    if (node === undefined) return null;
    if (isText(node)) return { text: node.value, whole: true };
    if (node.type === "Identifier") {
      let at = scope;
      while (at !== null && !at.names.has(node.name)) at = at.parent;
      return at !== null && at.parent === null && constants.has(node.name)
        ? { text: constants.get(node.name), whole: true }
        : null;
    }
    if (node.type === "BinaryExpression" && node.operator === "+") {
      const left = beginning(node.left, scope);
      const right = left !== null && left.whole ? beginning(node.right, scope) : null;
      return left !== null && { text: left.text + (right?.text ?? ""), whole: left.whole && right?.whole === true };
    }
    if (node.type !== "TemplateLiteral") return null;
    let text = "";
    for (const [index, quasi] of node.quasis.entries()) {
      text += quasi.value.cooked ?? "";
      const next = node.expressions[index];
      const found = next === undefined ? null : beginning(next, scope);
      if (found !== null) text += found.text;
      if (next !== undefined && !found?.whole) return { text, whole: false };
    }
    return { text, whole: true };
  }
  // The URL as far as it is known, once that names the whole host.
  function knownUrl(node, scope) {
    const found = beginning(node, scope);
    if (!found) return null;
    return /^https?:\/\/[^/?#]+[/?#]/i.test(found.text) || found.whole ? found.text.slice(0, 1000) : null;
  }
  function knownMethod(node) {
    if (node === undefined) return "GET";
    if (node.type !== "ObjectExpression" || node.properties.some((one) => one.type !== "Property" || one.computed)) return null;
    const found = node.properties.findLast((one) => (one.key.name ?? one.key.value) === "method");
    if (found === undefined) return "GET";
    return isText(found.value) && /^[A-Za-z]{1,20}$/.test(found.value.value) ? found.value.value.toUpperCase() : null;
  }
  function noteContext(node) {
    const { object, property, computed } = node.callee;
    if (computed || object.type !== "Identifier" || !/^(context|ctx)$/.test(object.name)) return;
    const kind = property.name;
    if (kind !== "secret" && kind !== "call") return;
    const name = node.arguments[0];
    addUsed(kind, node, isText(name) && name.value.length <= 200 ? name.value : null);
  }
  const constants = new Map();
  function collectConstants(statements) {
    for (const statement of statements) {
      const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (node?.type !== "VariableDeclaration" || node.kind !== "const") continue;
      for (const { id, init } of node.declarations) if (id.type === "Identifier" && isText(init)) constants.set(id.name, init.value);
    }
  }

  // Of a specifier: an identifier, a string, or the `default` that stands for both.
  function nameOf(node) {
    return node.type === "ImportDefaultSpecifier" ? "default" : (node.name ?? node.value);
  }
  // Every name that a module exports, null where another module decides.
  function exportedNames(statements) {
    const exported = [];
    for (const node of statements) {
      if (node.type === "ExportAllDeclaration" && node.exported === null) return null;
      if (node.type === "ExportAllDeclaration") exported.push(nameOf(node.exported));
      if (node.type === "ExportDefaultDeclaration") exported.push("default");
      if (node.type !== "ExportNamedDeclaration") continue;
      const { declaration } = node;
      const ids = declaration === null ? [] : (declaration.declarations?.map((one) => one.id) ?? [declaration.id]);
      exported.push(...ids.flatMap((id) => names(id)), ...node.specifiers.map((one) => nameOf(one.exported)));
    }
    return exported;
  }
  function visitDoubtful(node, scope) {
    doubts++;
    visitParts(node, scope);
    doubts--;
  }
  const isText = (node) => node !== undefined && node !== null && node.type === "Literal" && typeof node.value === "string";

  function reference(node, scope, isAssigned) {
    references.push({ name: node.name, at: node.start - shift, scope, isAssigned });
  }

  const visitors = {
    Identifier: (node, scope) => reference(node, scope, false),
    Literal(node) {
      if (isText(node)) noteSecrets(node, node.value);
    },
    TemplateElement: (node) => noteSecrets(node, node.value.cooked ?? ""),
    FunctionDeclaration: visitFunction,
    FunctionExpression: visitFunction,
    ArrowFunctionExpression: visitFunction,
    ClassDeclaration: visitClass,
    ClassExpression: visitClass,
    VariableDeclaration(node, scope) {
      for (const { id, init } of node.declarations) {
        declare(node.kind === "var" ? scope.home : scope, id);
        visitDeclared(id, scope);
        if (init) visit(init, scope);
      }
    },
    BlockStatement: (node, scope) => visitStatements(node.body, makeScope(scope, false)),
    ForStatement: (node, scope) => visitParts(node, makeScope(scope, false)),
    ForInStatement: (node, scope) => visitParts(node, makeScope(scope, false)),
    ForOfStatement(node, scope) {
      if (node.await) noteAwait(node, scope);
      visitParts(node, makeScope(scope, false));
    },
    AwaitExpression(node, scope) {
      noteAwait(node, scope);
      visit(node.argument, scope);
    },
    SwitchStatement(node, scope) {
      visit(node.discriminant, scope);
      const inner = makeScope(scope, false);
      for (const { test } of node.cases) if (test) visit(test, inner);
      visitStatements(node.cases.flatMap((one) => one.consequent), inner);
    },
    CatchClause(node, scope) {
      const inner = makeScope(scope, false);
      if (node.param) {
        declare(inner, node.param);
        visitDeclared(node.param, inner);
      }
      visitStatements(node.body.body, inner);
    },
    WithStatement(node, scope) {
      opaque = true;
      visitParts(node, scope);
    },
    TryStatement: visitDoubtful,
    IfStatement: visitDoubtful,
    ConditionalExpression: visitDoubtful,
    LogicalExpression: visitDoubtful,
    LabeledStatement: (node, scope) => visit(node.body, scope),
    BreakStatement() {},
    ContinueStatement() {},
    MetaProperty() {},
    MemberExpression(node, scope) {
      visit(node.object, scope);
      if (node.computed) visit(node.property, scope);
    },
    Property(node, scope) {
      if (node.computed) visit(node.key, scope);
      visit(node.value, scope);
    },
    UnaryExpression(node, scope) {
      if (node.operator === "typeof" && node.argument.type === "Identifier") guarded.add(node.argument.name);
      else visit(node.argument, scope);
    },
    AssignmentExpression(node, scope) {
      const { left } = node;
      if (left.type === "Identifier") reference(left, scope, true);
      else if (left.type === "MemberExpression") {
        const onGlobal = left.object.type === "Identifier" && /^(globalThis|global|window|self)$/.test(left.object.name);
        if (onGlobal && !left.computed) assignedGlobals.add(left.property.name);
        visit(left, scope);
      } else visit(left, scope);
      visit(node.right, scope);
    },
    ImportDeclaration(node, scope) {
      const wanted = node.specifiers.filter((one) => one.type !== "ImportNamespaceSpecifier");
      addImport("import", node.source, true, wanted.map((one) => one.imported ?? one));
      for (const { local } of node.specifiers) scope.names.add(local.name);
    },
    ImportExpression(node, scope) {
      if (isText(node.source)) addImport("dynamic", node.source);
      visit(node.source, scope);
    },
    ExportAllDeclaration: (node) => addImport("export", node.source),
    ExportNamedDeclaration(node, scope) {
      if (node.source) addImport("export", node.source, true, node.specifiers.map((one) => one.local));
      else if (node.declaration) visit(node.declaration, scope);
      else for (const { local } of node.specifiers) if (local.type === "Identifier") reference(local, scope, false);
    },
    CallExpression(node, scope) {
      const { callee } = node;
      const certain = doubts === 0;
      if (callee.type === "Identifier" && callee.name === "eval") opaque = true;
      if (callee.type === "Identifier" && callee.name === "require" && isText(node.arguments[0]))
        references.push({
          name: "require",
          at: callee.start - shift,
          scope,
          isAssigned: false,
          required: () => addImport("require", node.arguments[0], certain),
        });
      else visit(callee, scope);
      if (callee.type === "Identifier" && callee.name === "fetch" && !isDeclared(scope, "fetch"))
        addUsed("fetch", node, knownUrl(node.arguments[0], scope), knownMethod(node.arguments[1]));
      if (callee.type === "MemberExpression") noteContext(node);
      for (const argument of node.arguments) visit(argument, scope);
    },
  };
  function visitParts(node, scope) {
    for (const key of Object.keys(node)) {
      const part = node[key];
      if (Array.isArray(part)) for (const one of part) one && typeof one.type === "string" && visit(one, scope);
      else if (part !== null && typeof part === "object" && typeof part.type === "string") visit(part, scope);
    }
  }
  function visit(node, scope) {
    const visitor = Object.hasOwn(visitors, node.type) ? visitors[node.type] : visitParts;
    visitor(node, scope);
  }
  function noteAwait(node, scope) {
    for (let at = scope; at !== null; at = at.parent) if (at.home === at && at.parent !== null) return;
    topLevelAwait ??= node.start - shift;
  }

  function unknownGlobals() {
    const known = new Set([...LANGUAGE, ...knownGlobals, ...assignedGlobals]);
    if (!strictModule) for (const name of COMMONJS) known.add(name);
    const missing = new Map();
    for (const { name, at, scope, isAssigned, required } of references) {
      if (isDeclared(scope, name)) continue;
      if (required !== undefined) required();
      // A script that is not strict makes a global by assigning to it.
      if (isAssigned && !strictModule) known.add(name);
      if (!missing.has(name)) missing.set(name, at);
    }
    const found = [...missing].filter(([name]) => !opaque && !known.has(name) && !guarded.has(name));
    return found.slice(0, MAX_LISTED).map(([name, at]) => ({ name, hint: HINTS.get(name) ?? null, ...place(at) }));
  }

  // The entry point

  const NOT_A_FUNCTION = new Set([
    "Literal", "TemplateLiteral", "ObjectExpression", "ArrayExpression", "BinaryExpression", "UnaryExpression",
    "UpdateExpression",
  ]);
  const bindings = new Map();
  function collectBindings(statements) {
    for (const statement of statements) {
      const node = /^Export/.test(statement.type) && statement.declaration ? statement.declaration : statement;
      if (node.type === "FunctionDeclaration" && node.id) bindings.set(node.id.name, node);
      else if (node.type === "VariableDeclaration") {
        for (const { id, init } of node.declarations) for (const name of names(id)) bindings.set(name, id.type === "Identifier" ? init : undefined);
      } else if (node.type === "ClassDeclaration" && node.id) bindings.set(node.id.name, undefined);
    }
  }

  // The function an expression surely is; null where it surely is none; undefined where the tree cannot tell.
  function resolve(node, hops = 0) {
    if (node === undefined) return undefined;
    if (node === null) return null;
    if (isFunction(node) || node.type === "FunctionDeclaration") return node;
    if (NOT_A_FUNCTION.has(node.type)) return null;
    if (node.type === "Identifier" && hops < 8) {
      if (bindings.has(node.name)) return resolve(bindings.get(node.name), hops + 1);
      return node.name === "undefined" ? null : undefined;
    }
    if (node.type === "AssignmentExpression" && node.operator === "=") return resolve(node.right, hops);
    if (node.type === "SequenceExpression") return resolve(node.expressions.at(-1), hops);
    return undefined;
  }
  function resolveMember(node, name) {
    const target = node?.type === "Identifier" ? bindings.get(node.name) : node;
    if (target?.type !== "ObjectExpression") return target === null ? null : undefined;
    for (const part of target.properties) {
      if (part.type === "SpreadElement") return undefined;
      if (!part.computed && (part.key.name ?? part.key.value) === name) return resolve(part.value);
    }
    return null;
  }

  const entryOf = (form, node) => ({
    form,
    entry: { parameters: node.params.length, async: node.async, ...place(node.start - shift) },
  });
  const UNKNOWN = { form: "unknown", entry: null };
  const NONE = { form: "none", entry: null };

  function moduleEntry(statements) {
    let unsure = false;
    const exported = new Map();
    const defaults = [];
    for (const node of statements) {
      if (node.type === "ExportAllDeclaration") unsure = true;
      else if (node.type === "ExportDefaultDeclaration") defaults.push(node.declaration);
      else if (node.type === "ExportNamedDeclaration" && node.declaration) {
        const { declaration } = node;
        const ids = declaration.declarations ? declaration.declarations.map((one) => one.id) : [declaration.id];
        for (const name of ids.flatMap((id) => names(id))) exported.set(name, bindings.get(name));
      } else if (node.type === "ExportNamedDeclaration") {
        for (const part of node.specifiers) {
          const as = part.exported.name ?? part.exported.value;
          if (as === "default" && !node.source) defaults.push(part.local);
          else if (as === "default") unsure = true;
          else exported.set(as, node.source ? undefined : part.local);
        }
      }
    }
    if (defaults.length > 0) {
      const made = resolve(defaults[0]) ?? resolveMember(defaults[0], "main");
      if (made) return entryOf("module-default", made);
      if (resolve(defaults[0]) === undefined) unsure = true;
    }
    if (exported.has("main")) {
      const made = resolve(exported.get("main"));
      if (made) return entryOf("module-main", made);
      if (made === undefined) unsure = true;
    }
    return unsure ? UNKNOWN : NONE;
  }

  // `module.exports`, `exports.main` and the like, as a dotted name.
  function dotted(node) {
    if (node.type === "Identifier") return node.name;
    if (node.type !== "MemberExpression" || node.computed) return "";
    return `${dotted(node.object)}.${node.property.name}`;
  }
  function commonjsEntry(statements) {
    let found = null;
    for (const node of statements) {
      let part = node.type === "ExpressionStatement" ? node.expression : null;
      for (; part !== null && part.type === "AssignmentExpression"; part = part.right) {
        const target = dotted(part.left).replace(/^module\.exports\b/, "exports");
        let value = part.right;
        while (value.type === "AssignmentExpression") value = value.right;
        if (target === "exports") {
          const made = resolve(value) ?? resolveMember(value, "main") ?? resolveMember(value, "default");
          found = made ? entryOf("commonjs", made) : resolve(value) === null ? found : UNKNOWN;
        } else if (target === "exports.main" || (target === "exports.default" && found === null)) {
          const made = resolve(value);
          found = made ? entryOf("commonjs", made) : made === null ? found : UNKNOWN;
        }
      }
    }
    return found;
  }
  function completion(statements) {
    const silent = /^(FunctionDeclaration|VariableDeclaration|ClassDeclaration|EmptyStatement)$/;
    const last = statements.findLast((node) => !silent.test(node.type));
    if (last === undefined) return null;
    return last.type === "ExpressionStatement" ? resolve(last.expression) : undefined;
  }
  function scriptEntry(statements) {
    const exported = commonjsEntry(statements);
    if (exported !== null) return exported;
    const value = completion(statements);
    if (value) return entryOf("completion", value);
    const assigned = statements
      .map((node) => node.expression)
      .findLast((node) => node?.type === "AssignmentExpression" && node.left.type === "Identifier" && node.left.name === "main");
    const main = bindings.has("main") ? resolve(bindings.get("main")) : assigned ? resolve(assigned) : null;
    if (main) return entryOf("main", main);
    const elsewhere = references.some(
      ({ name, scope }) => /^(module|exports|globalThis|global|eval|Function)$/.test(name) && !isDeclared(scope, name),
    );
    return main === undefined || value === undefined || elsewhere ? UNKNOWN : NONE;
  }

  function describe(reading) {
    const { tree, kind } = reading;
    strictModule = kind === "module";
    const scope = makeScope(null, true);
    collectConstants(tree.body);
    visitStatements(tree.body, scope);
    collectBindings(tree.body);
    const unknown = unknownGlobals();
    if (kind === "bare") return { ...entryOf("bare-function", tree.body[0].expression), unknown, syntax: null };
    const moduleSyntax = tree.body.some((node) => /^(Import|Export)/.test(node.type));
    if (kind === "module" && !moduleSyntax && topLevelAwait !== null && !/\.m[jt]s$/.test(path)) {
      const message = "`await` outside of a function needs an ES module: write the task as `export default async (input) => …`";
      return { ...NONE, unknown, syntax: { message, ...place(topLevelAwait) } };
    }
    return { ...(kind === "module" ? moduleEntry(tree.body) : scriptEntry(tree.body)), unknown, syntax: null };
  }

  let shift = 0;
  const answer = { form: "unknown", module: false, entry: null, syntax: null, imports, used, exports: null, unknown: [] };
  try {
    const attempts = read();
    const reading = attempts.find((one) => one.tree && (one.kind !== "bare" || attempts.length === 1));
    if (reading === undefined) return { ...answer, form: "none", syntax: syntaxError(failure(attempts)) };
    shift = reading.shift;
    const isModule = reading.kind === "module";
    const exports = isModule ? exportedNames(reading.tree.body) : null;
    return { ...answer, module: isModule, exports, ...describe(reading) };
  } catch (error) {
    // The parser and the walk are recursive, and the engine's stack is small.
    if (!(error instanceof RangeError) && !/stack/i.test(`${error && error.message}`)) throw error;
    return { ...answer, form: "none", syntax: { message: TOO_DEEP, line: 1, column: 1 } };
  }
})
