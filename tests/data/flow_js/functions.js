// Functions as values, closures, callbacks, promises, classes, prototypes.
const { see } = require("probe");
const util = require("util");

see(hoisted()); // $ const="h"
function hoisted() {
  return "h";
}
const arrow = (x) => x;
see(arrow("a")); // $ const="a"
const twice = (f, x) => f(f(x));
see(twice(arrow, "a")); // $ const="a"
see(["a"].map((x) => x + "b")[0]); // $ const="ab"
see(["a", "b"].find((x) => x)); // $ const="a" const="b"
see(["a", "b"].reduce((all, x) => all + x, "")); // $ const="" const="a" const="aa" const="ab" const="b" const="ba" const="bb"
["e"].forEach((x) => {
  see(x); // $ const="e" made
});

function outer(p) {
  const local = "l";
  const inner = () => local;
  see(inner()); // $ const="l"
  later(() => {
    see(p); // $ const="given" made
  });
}
outer("given");

function withCallback(done) {
  done(null, "result");
}
withCallback((err, data) => {
  see(data); // $ const="result" made
});

async function load() {
  return "loaded";
}
load().then((x) => {
  see(x); // $ const="loaded" made
});
async function main() {
  see(await load()); // $ const="loaded"
  see(await new Promise((resolve) => setTimeout(() => resolve("settled"), 1))); // $ const="settled"
  const [one, two] = await Promise.all([load(), load()]);
  see(two); // $ const="loaded"
}

class Base {
  kind = "base";
  static made = "static";
  constructor(name) {
    this.name = name;
  }
  get label() {
    return "l" + this.kind;
  }
  hello() {
    return this.name;
  }
}
class Derived extends Base {
  constructor() {
    super("derived");
  }
  hi() {
    return super.hello();
  }
}
see(new Base("n").name); // $ const="n"
see(new Base("n").hello()); // $ const="n"
see(new Base("n").label); // $ const="lbase"
see(new Base("n").kind); // $ const="base"
see(Base.made); // $ const="static"
see(new Derived()); // $ type=Derived
see(new Derived().kind); // $ const="base"

function Old(name) {
  this.name = name;
}
Old.prototype.get = function () {
  return this.name;
};
see(new Old("o").name); // $ const="o"
see(new Old("o").get()); // $ const="o"

const self = {
  run: function () {
    return "r";
  },
};
see(self.run()); // $ const="r"
see(self.run.call(self)); // $ const="r"
see(util.promisify(arrow)); // $ ref=arrow@223

let assigned;
function assign() {
  assigned = "by function";
}
assign();
function reads() {
  see(assigned); // $ const="by function" open
}

function typed({ a, b = "d" }, ...rest) {
  see(a); // $ open
  see(b); // $ const="d" open
  see(rest); // $ kind=tuple
}

const wrapped = (handler) => (given) => handler(given);
class Wrapping {
  kind = "kept";
  told = wrapped((given) => {
    see(this.kind); // $ const="kept"
  });
  direct = (given) => {
    see(this.kind); // $ const="kept"
  };
}
new Wrapping().told(1);
