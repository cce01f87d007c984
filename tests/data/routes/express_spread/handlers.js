exports.list = function list(req, res) {
  res.json([]);
};
exports.open = function open(req, res) {
  res.json([]);
};
exports.counted = function counted(req, res, next) {
  next();
};
