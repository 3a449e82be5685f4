// Reads a file of a task for its tests: the same text with its statements counted, and small changes to what it does.
(function (acorn, request) {
  "use strict";
  const { source, path, first } = request;
  const MAX_STATEMENTS = 50_000;
  const MAX_CHANGES = 2_000;
  const OPPOSITES = {
    __proto__: null, "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "**": "*", "<": ">=", ">=": "<", ">": "<=",
    "<=": ">", "==": "!=", "!=": "==", "===": "!==", "!==": "===", "&": "|", "|": "&", "&&": "||", "||": "&&",
    "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "++": "--", "--": "++",
  };
  // Methods without which a value keeps its type, more or less.
  const CHANGING = new Set(
    ("trim trimStart trimEnd toLowerCase toUpperCase normalize sort toSorted reverse toReversed filter slice flat " +
      "toFixed replace replaceAll").split(" "),
  );
  const ROUNDING = new Set(["abs", "ceil", "floor", "round", "trunc", "sign", "sqrt"]);

  const inserted = [];
  const lines = [];
  const changes = [];
  let shift = 0;

  function parse() {
    const text = `(${source.replace(/[\s;]+$/, "")}\n)`;
    const module = { sourceType: "module" };
    const script = { sourceType: "script", allowReturnOutsideFunction: true };
    const readings = /\.(mjs|mts)$/.test(path) ? [[source, module, 0]] : [[source, script, 0], [source, module, 0], [text, script, 1]];
    for (const [read, options, moved] of readings) {
      try {
        const tree = acorn.parse(read, { ecmaVersion: "latest", allowHashBang: true, ...options });
        shift = moved;
        return tree;
      } catch (error) {
        if (!(error instanceof SyntaxError) || typeof error.pos !== "number") throw error;
      }
    }
    return null;
  }

  // Offsets count UTF-16 units here and characters outside: a pair of surrogates is one character.
  const pairs = [...source.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map((match) => match.index);
  const characters = (offset) => offset - pairs.filter((at) => at < offset).length;
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  function lineOf(offset) {
    let low = 0;
    for (let high = starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  const textOf = (node) => source.slice(node.start - shift, node.end - shift);
  // Of a text; what may be an address stays one.
  const longer = (node) => `${textOf(node).slice(0, -1)}ratchet${textOf(node).slice(-1)}`;
  const insert = (offset, text) => inserted.push([offset - shift, text]);
  const count = (offset) => {
    lines.push(lineOf(offset - shift));
    return `ratchet$ran(${first + lines.length - 1})`;
  };
  function change(statement, start, end, after) {
    if (statement < 0 || changes.length >= MAX_CHANGES) return;
    const from = characters(start - shift);
    const line = lineOf(start - shift);
    const column = from - characters(starts[line - 1]) + 1;
    changes.push({ start: from, end: characters(end - shift), after, statement, line, column });
  }
  const replace = (statement, node, after) => change(statement, node.start, node.end, after);
  function replaceOperator(statement, operator, start, end) {
    const between = source.slice(start - shift, end - shift);
    const at = between.indexOf(operator);
    if (operator in OPPOSITES && at >= 0 && !/\/[/*]/.test(between))
      change(statement, start + at, start + at + operator.length, OPPOSITES[operator]);
  }

  // Statements

  const isHoisted = (node) => /^(FunctionDeclaration|ImportDeclaration|ExportAllDeclaration)$/.test(node.type);
  function visitStatements(statements) {
    for (const node of statements) {
      if (node.directive !== undefined) continue;
      const inner = /^Export/.test(node.type) && node.declaration ? node.declaration : node;
      // A function is there before the statements around it run, and an import before all of them.
      if (isHoisted(inner) || node.type === "EmptyStatement") visit(inner, -1);
      else if (lines.length < MAX_STATEMENTS) {
        insert(node.start, `${count(node.start)};`);
        visit(inner, lines.length - 1);
      }
    }
  }
  function visitBody(node, statement) {
    if (node === null) return;
    if (node.type === "BlockStatement" || node.type === "EmptyStatement" || isHoisted(node)) return visit(node, statement);
    insert(node.start, `{${count(node.start)};`);
    visit(node, lines.length - 1);
    insert(node.end, "}");
  }

  // What a task says of itself on its way is for people too.
  function isTalk({ type, callee }) {
    if (type !== "CallExpression") return false;
    if (callee.type !== "MemberExpression") return callee.type === "Identifier" && callee.name === "reportProgress";
    return callee.property.name === "reportProgress" || (callee.object.type === "Identifier" && callee.object.name === "console");
  }
  const isCompared = (node) => (node.type === "BinaryExpression" || node.type === "LogicalExpression") && node.operator in OPPOSITES;
  function visitCondition(node, statement) {
    if (!isCompared(node) && !(node.type === "UnaryExpression" && node.operator === "!"))
      replace(statement, node, `!(${textOf(node)})`);
    visit(node, statement);
  }
  function visitLoop(node, statement) {
    if (node.test) replace(statement, node.test, "false");
    if (node.init) visit(node.init, statement);
    // What counts the rounds is left alone: a loop without an end tells nothing.
    visitBody(node.body, statement);
  }
  function visitCall(node, statement) {
    if (isTalk(node)) return;
    const { callee } = node;
    if (callee.type === "MemberExpression" && !callee.computed && !node.optional) {
      if (CHANGING.has(callee.property.name)) replace(statement, node, textOf(callee.object));
      else if (textOf(callee.object) === "Math" && ROUNDING.has(callee.property.name) && node.arguments.length === 1)
        replace(statement, node, `(${textOf(node.arguments[0])})`);
    }
    if (callee.type !== "Identifier" || callee.name !== "require") visitParts(node, statement);
  }

  const visitors = {
    Program: (node) => visitStatements(node.body),
    BlockStatement: (node) => visitStatements(node.body),
    StaticBlock: (node) => visitStatements(node.body),
    ImportDeclaration() {},
    ExportAllDeclaration() {},
    SwitchCase(node, statement) {
      if (node.test) visit(node.test, statement);
      visitStatements(node.consequent);
    },
    IfStatement(node, statement) {
      visitCondition(node.test, statement);
      visitBody(node.consequent, statement);
      visitBody(node.alternate, statement);
    },
    ConditionalExpression(node, statement) {
      visitCondition(node.test, statement);
      visit(node.consequent, statement);
      visit(node.alternate, statement);
    },
    WhileStatement: visitLoop,
    ForStatement: visitLoop,
    DoWhileStatement: (node, statement) => visitBody(node.body, statement),
    ForInStatement(node, statement) {
      visit(node.right, statement);
      visitBody(node.body, statement);
    },
    ForOfStatement(node, statement) {
      visit(node.right, statement);
      visitBody(node.body, statement);
    },
    ExpressionStatement(node, statement) {
      const { expression } = node;
      if (isTalk(expression)) return;
      if (/^(Call|Await|Assignment|Update)Expression$/.test(expression.type)) replace(statement, node, ";");
      visit(expression, statement);
    },
    ReturnStatement(node, statement) {
      if (node.argument === null) return;
      if (textOf(node.argument) !== "null") replace(statement, node.argument, "null");
      visit(node.argument, statement);
    },
    // What an error says is for people: a case need not know it by heart.
    ThrowStatement: (node, statement) => replace(statement, node, ";"),
    ArrowFunctionExpression(node, statement) {
      for (const parameter of node.params) visit(parameter, statement);
      if (!node.expression) return visit(node.body, statement);
      insert(node.body.start, `(${count(node.body.start)}, `);
      const own = lines.length - 1;
      if (!/^(Literal|TemplateLiteral|AssignmentExpression)$/.test(node.body.type)) replace(own, node.body, "null");
      visit(node.body, own);
      insert(node.body.end, ")");
    },
    BinaryExpression(node, statement) {
      replaceOperator(statement, node.operator, node.left.end, node.right.start);
      visitParts(node, statement);
    },
    LogicalExpression(node, statement) {
      if (node.operator === "??") replace(statement, node, `(${textOf(node.right)})`);
      else replaceOperator(statement, node.operator, node.left.end, node.right.start);
      visitParts(node, statement);
    },
    AssignmentExpression(node, statement) {
      if (node.operator !== "=") replaceOperator(statement, node.operator, node.left.end, node.right.start);
      visitParts(node, statement);
    },
    UpdateExpression(node, statement) {
      if (node.prefix) replaceOperator(statement, node.operator, node.start, node.argument.start);
      else replaceOperator(statement, node.operator, node.argument.end, node.end);
    },
    UnaryExpression(node, statement) {
      if (node.operator === "!" || node.operator === "-") replace(statement, node, `(${textOf(node.argument)})`);
      visit(node.argument, statement);
    },
    AwaitExpression(node, statement) {
      replace(statement, node, `(${textOf(node.argument)})`);
      visit(node.argument, statement);
    },
    CallExpression: visitCall,
    Property(node, statement) {
      if (node.kind !== "init" || node.method) return visit(node.value, statement);
      const key = source.slice(node.start - shift, node.key.end - shift) + (node.computed ? "]" : "");
      // In a pattern the property takes a value apart, and the walk does not come here.
      replace(statement, node, `${key}: undefined`);
      visit(node.value, statement);
    },
    ObjectPattern(node, statement) {
      for (const part of node.properties) visit(part.value ?? part.argument, statement);
    },
    AssignmentPattern(node, statement) {
      visit(node.left, statement);
      visit(node.right, statement);
    },
    PropertyDefinition: (node, statement) => node.value && visit(node.value, statement),
    MethodDefinition: (node, statement) => visit(node.value, statement),
    MemberExpression(node, statement) {
      visit(node.object, statement);
      if (node.computed) visit(node.property, statement);
    },
    TaggedTemplateExpression: (node, statement) => visit(node.tag, statement),
    TemplateLiteral(node, statement) {
      replace(statement, node, longer(node));
      for (const expression of node.expressions) visit(expression, statement);
    },
    Literal(node, statement) {
      const { value } = node;
      if (typeof value === "number") replace(statement, node, `${value + 1}`);
      else if (typeof value === "boolean") replace(statement, node, `${!value}`);
      else if (typeof value === "string") replace(statement, node, value === "" || value.includes("/") ? longer(node) : '""');
    },
  };
  function visitParts(node, statement) {
    for (const key of Object.keys(node)) {
      const part = node[key];
      if (Array.isArray(part)) for (const one of part) one && typeof one.type === "string" && visit(one, statement);
      else if (part !== null && typeof part === "object" && typeof part.type === "string") visit(part, statement);
    }
  }
  function visit(node, statement) {
    const visitor = Object.hasOwn(visitors, node.type) ? visitors[node.type] : visitParts;
    visitor(node, statement);
  }

  function counted() {
    let text = "";
    let from = 0;
    // The sort is stable: of what goes to one place, what was found first stays first.
    for (const [at, words] of inserted.sort(([left], [right]) => left - right)) {
      text += source.slice(from, at) + words;
      from = at;
    }
    return text + source.slice(from);
  }

  const nothing = { counted: source, lines: [], changes: [] };
  try {
    const tree = parse();
    if (tree === null) return nothing;
    // The parentheses around a lone function are not in the file.
    if (shift > 0) visit(tree.body[0].expression, -1);
    else visit(tree, -1);
    return { counted: counted(), lines, changes };
  } catch (error) {
    // The parser and the walk are recursive, and the engine's stack is small.
    if (!(error instanceof RangeError) && !/stack/i.test(`${error && error.message}`)) throw error;
    return nothing;
  }
})
