class Greeter {
  constructor(options) {
    this.options = options;
  }
  greet(name) {
    const style = this.options.style;
    return style + name;
  }
}
(input) => {
  const greeter = new Greeter();
  return greeter.greet('Ada');
}
