module.exports = function (x) { return "made " + x; };
