const wrap = require('./wrap');

module.exports = function Fresh(core) {
  return wrap(async (req, res, next) => {
    if ((await core.users.count()) > 0) return res.status(403).end();
    next();
  });
};
