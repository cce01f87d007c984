const A = module.exports;
A.get = function (v) { return "x" + v; };
A.self = function (v) { return this.get(v); };
