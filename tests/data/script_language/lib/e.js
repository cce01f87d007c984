exports.create = function () { const self = {}; self.run = (v) => self.other(v); self.other = (v) => v; return self; };
