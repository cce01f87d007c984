exports = module.exports = {};
exports.get = (v) => v + 1;
