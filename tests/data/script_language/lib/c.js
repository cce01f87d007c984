module.exports = function (v) { return v; };
module.exports.Klass = class { constructor(v) { this.v = v; } value() { return this.v; } };
