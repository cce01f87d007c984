const { see } = require("probe");

class Queue {
  waiting = [];
  add(one) {
    this.waiting.push(one);
    this.flush();
  }
  flush() {
    for (const one of this.waiting) see(one, "field grown, then another method");
  }
  start(one) {
    this.current = one;
    this.run();
  }
  run() {
    see(this.current, "field set, then another method");
  }
}
class Base {
  constructor(x) {
    this.x = x;
  }
  get shown() {
    return this.x;
  }
  run() {
    return this.shown;
  }
}
class Derived extends Base {
  constructor(y) {
    super(y);
  }
  run() {
    return super.run() + "!";
  }
}
module.exports = { Queue, Derived };
